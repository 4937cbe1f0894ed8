"""`zoo listen`: a MUSHRA-style listening test in the browser, and what came of it.

`material` and `stimuli` make the test, `sessions` and `sitting` take it, `server` and `page` show it,
`results` reads it.
"""
