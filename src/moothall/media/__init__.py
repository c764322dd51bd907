"""Pictures and videos: what takes a store, a decoder or a client beside a transaction.

Faces and the background process both come here; who may do what is still said by the door, and
what is stored by actions.
"""
