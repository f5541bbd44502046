"""Panels beside the chat: what there is to choose from, without leaving it."""
