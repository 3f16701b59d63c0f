"""WebSub: hubs are asked to tell what is new, and what they deliver is taken in."""
