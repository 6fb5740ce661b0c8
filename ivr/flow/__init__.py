"""How a call goes on: flows as data, and the pure step from one turn to the next.

`engine.step` takes state and event and gives the new state with effects; the caller of it carries the
effects out and hands what they found to `engine.answer`, which says what the caller hears. No store, no
web, no clock.
"""
