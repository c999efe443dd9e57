"""Who is cared for, how and when: playbooks, and the tasks that come of them."""
