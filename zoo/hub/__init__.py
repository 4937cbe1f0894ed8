"""Sharing on the Hugging Face Hub: push, pull, search, and what a stranger's repository may not do.

The client is ``huggingface_hub``; nothing here speaks HTTP. What comes from a repository is hostile until it
has been proved: sizes are capped, every file must hash to what ``zoo.json`` says, only JSON and safetensors
are read, and a model passes the same gate as every other.
"""
