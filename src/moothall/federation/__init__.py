"""The ActivityPub face: what other servers fetch from here, send here, and are sent.

`shapes` turn typed values into documents, without asking anybody. `documents` answers who fetches
one; `negotiation` finds out who wants a document where a browser gets a page.
"""
