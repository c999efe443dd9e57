"""The demo shop: one seeded generator behind `make run`, the tests and every bench.

`spec` says how large, `population` who the customers are, `planted` what must be found again;
`sales` and `returns` fill a day, `delivery` brings it in the order a real shop would send it,
`bodies` writes it as JSON. Start with `shop`; `play` posts it all through the real API.
"""
