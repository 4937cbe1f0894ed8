"""Reports: pages that are one file, need no network, and may be mailed to anyone.

`page` is the shell, the other modules make what stands on it. Whatever comes from a model, a file name or a
person is text and is escaped (`zoo.reports.markup`); a page allows nothing but its own style, its own script
and data within itself.
"""
