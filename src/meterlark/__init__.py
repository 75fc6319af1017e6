"""Meterlark: the meter for products built on LLM APIs."""
