"""How the world moves: pure functions on arrays.

Read in this order: `types` (names of the axes), `state` (what there is), `policy` (what governments and
product plans fix for each quarter), `parameters` (what is uncertain), `step` (one quarter), the mechanisms
it calls, `simulate` (all quarters), `leadership` (who is ahead). Nothing here touches a file, a date or text.
"""
