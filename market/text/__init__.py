"""Characters, numbers, money, days, units and phone numbers as people write them.

Pure functions of a text: no database, no Flask, no room.
"""
