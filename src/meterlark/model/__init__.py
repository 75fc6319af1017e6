"""The words everything else is written in: event, identity, number, time, errors.

Pure: nothing here reads a clock, a file, the network or the environment.
"""
