"""Prompts, one Markdown file each; ``copassist.prompts`` reads them.

A package so that an installed copy finds its files as a clone does.
"""
