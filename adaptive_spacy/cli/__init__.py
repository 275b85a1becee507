"""The command line: one thin module per command.

A command parses, calls one library function and prints what it returns. Here belong arguments,
options, help texts and tables for the terminal; no logic, no reading or writing of files, and no
import of spaCy or torch before a command runs.
"""
