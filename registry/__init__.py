"""What models exist and where: manifests, the local store, the catalogue."""
