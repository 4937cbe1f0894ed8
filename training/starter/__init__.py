"""How the starter zoo was made: its material, its recipe and its example capture.

``manifests/build_starter.py`` runs it and puts the result into ``zoo/starter/``.
"""
