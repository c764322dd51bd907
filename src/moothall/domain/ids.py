"""Identifiers: one type per table, so that a post id cannot be passed for a comment id."""

from typing import NewType

InstanceId = NewType("InstanceId", int)
PersonId = NewType("PersonId", int)
AccountId = NewType("AccountId", int)
SessionId = NewType("SessionId", int)
CommunityId = NewType("CommunityId", int)
PostId = NewType("PostId", int)
CommentId = NewType("CommentId", int)
PrivateMessageId = NewType("PrivateMessageId", int)
ReportId = NewType("ReportId", int)
NotificationId = NewType("NotificationId", int)
ApplicationId = NewType("ApplicationId", int)
LanguageId = NewType("LanguageId", int)
UploadId = NewType("UploadId", int)
EmojiId = NewType("EmojiId", int)
