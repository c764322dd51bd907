"""The ActivityPub face: inbox, outgoing activities, fetching, verifying, delivery, discovery."""
