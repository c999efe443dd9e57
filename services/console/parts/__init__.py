"""What pages are made of.

- frame.page("/path", "room", may=...): makes `async def show(visit, <path and query parameters>)` a
  page; `heading`, `retitle`. The page's h1 is there; sections begin at h2.
- pieces: `section` `grid` `tiles` `tile` `tag` `fact` `empty` `action` `icon_button`.
- charts.chart(visit, options, summary=, head=, rows=): ECharts, a sentence for those who cannot see
  it, its figures as a table; `plain_table`, `small_table` for small tables; AS_PERCENT,
  AS_NUMBER, AS_SHORT.
- tables.PagedTable(visit, columns, fetch, empty, label): AG Grid by cursor; `await table.show()`,
  `await table.restart()` after a filter has changed; `link` columns lead to `<key>_href`.
- reasons.with_reason(visit, title, make): asks why, calls `make(reason)`, which calls
  `visit.make(change, reason, Reply)`; what was typed stays until it is done. `change_then` does
  that with a change that is ready, and opens where it shows.
- faults: `tried(awaitable)` gives a Fault where a service is away, `fault_card` shows it in its
  place, `async with told(visit)` around what a click does; what no handler catches is told too.
  What reads the console's own tables asks `await visit.here()` first, as the services' ways do.
- downloads.download("/path", may=...): makes `async def give(visit, ...) -> File | None` an address
  that streams a file; `begun(pieces)` lets a refusal come before the answer has begun.
- progress.follow(visit, title, job_of(visit.scoring, job_id)): a bar until a job ends.
- actors.actor_name(visit, actor): who did something; the console's own key is no name.
- live.every(visit, seconds, refresh): refreshes while somebody looks.
Classes of static/console.css: tl-grid tl-row tl-form tl-buttons tl-note tl-lines tl-scroll tl-code.
"""
