"""What the routes of version 3 answer, put together from the shapes; fields in wire order."""

from moothall.domain.search import SearchType

from .account import (
    LocalImageView,
    LocalUser,
    LocalUserVoteDisplayMode,
    MyUserInfo,
    RegistrationApplicationView,
)
from .base import REQUIRED, Shape
from .comment import CommentView
from .community import CommunityModeratorView, CommunityView
from .notification import (
    CommentReplyView,
    PersonMentionView,
    PrivateMessageView,
)
from .post import PostView, VoteView
from .report import (
    CommentReportView,
    PostReportView,
    PrivateMessageReportView,
)
from .site import (
    CustomEmojiView,
    InstanceWithFederationState,
    Language,
    LocalSiteUrlBlocklist,
    Site,
    SiteView,
    Tagline,
)
from .user import PersonView


class SuccessResponse(Shape):
    success: bool


# Site, search, federation


class GetSiteResponse(Shape):
    site_view: SiteView
    admins: list[PersonView]
    version: str
    my_user: MyUserInfo | None = None
    all_languages: list[Language] = REQUIRED
    discussion_languages: list[int] = REQUIRED
    taglines: list[Tagline] = REQUIRED
    custom_emojis: list[CustomEmojiView] = REQUIRED
    blocked_urls: list[LocalSiteUrlBlocklist] = REQUIRED


class SiteResponse(Shape):
    site_view: SiteView
    taglines: list[Tagline]


class BlockInstanceResponse(Shape):
    blocked: bool


class SearchResponse(Shape):
    type_: SearchType
    comments: list[CommentView]
    posts: list[PostView]
    communities: list[CommunityView]
    users: list[PersonView]


class ResolveObjectResponse(Shape):
    comment: CommentView | None = None
    post: PostView | None = None
    community: CommunityView | None = None
    person: PersonView | None = None


class FederatedInstances(Shape):
    linked: list[InstanceWithFederationState]
    allowed: list[InstanceWithFederationState]
    blocked: list[InstanceWithFederationState]


class GetFederatedInstancesResponse(Shape):
    federated_instances: FederatedInstances | None = None


class CustomEmojiResponse(Shape):
    custom_emoji: CustomEmojiView


# Communities


class CommunityResponse(Shape):
    community_view: CommunityView
    discussion_languages: list[int]


class GetCommunityResponse(Shape):
    community_view: CommunityView
    site: Site | None = None
    moderators: list[CommunityModeratorView] = REQUIRED
    discussion_languages: list[int] = REQUIRED


class ListCommunitiesResponse(Shape):
    communities: list[CommunityView]


class BlockCommunityResponse(Shape):
    community_view: CommunityView
    blocked: bool


class BanFromCommunityResponse(Shape):
    person_view: PersonView
    banned: bool


class AddModToCommunityResponse(Shape):
    moderators: list[CommunityModeratorView]


# Posts


class PostResponse(Shape):
    post_view: PostView


class GetPostResponse(Shape):
    post_view: PostView
    community_view: CommunityView
    moderators: list[CommunityModeratorView]
    cross_posts: list[PostView]


class GetPostsResponse(Shape):
    posts: list[PostView]
    next_page: str | None = None


class ListPostLikesResponse(Shape):
    post_likes: list[VoteView]


class PostReportResponse(Shape):
    post_report_view: PostReportView


class ListPostReportsResponse(Shape):
    post_reports: list[PostReportView]


class LinkMetadata(Shape):
    title: str | None = None
    description: str | None = None
    image: str | None = None
    embed_video_url: str | None = None
    content_type: str | None = None


class GetSiteMetadataResponse(Shape):
    metadata: LinkMetadata


# Comments


class CommentResponse(Shape):
    comment_view: CommentView
    recipient_ids: list[int]


class GetCommentsResponse(Shape):
    comments: list[CommentView]


class ListCommentLikesResponse(Shape):
    comment_likes: list[VoteView]


class CommentReportResponse(Shape):
    comment_report_view: CommentReportView


class ListCommentReportsResponse(Shape):
    comment_reports: list[CommentReportView]


# Notifications and private messages


class CommentReplyResponse(Shape):
    comment_reply_view: CommentReplyView


class GetRepliesResponse(Shape):
    replies: list[CommentReplyView]


class PersonMentionResponse(Shape):
    person_mention_view: PersonMentionView


class GetPersonMentionsResponse(Shape):
    mentions: list[PersonMentionView]


class GetUnreadCountResponse(Shape):
    replies: int
    mentions: int
    private_messages: int


class PrivateMessageResponse(Shape):
    private_message_view: PrivateMessageView


class PrivateMessagesResponse(Shape):
    private_messages: list[PrivateMessageView]


class PrivateMessageReportResponse(Shape):
    private_message_report_view: PrivateMessageReportView


class ListPrivateMessageReportsResponse(Shape):
    private_message_reports: list[PrivateMessageReportView]


class GetReportCountResponse(Shape):
    community_id: int | None = None
    comment_reports: int = REQUIRED
    post_reports: int = REQUIRED
    private_message_reports: int | None = None


# People and accounts


class LoginResponse(Shape):
    jwt: str | None = None
    registration_created: bool = REQUIRED
    verify_email_sent: bool = REQUIRED


class CaptchaResponse(Shape):
    png: str
    wav: str
    uuid: str


class GetCaptchaResponse(Shape):
    ok: CaptchaResponse | None = None


class GetPersonDetailsResponse(Shape):
    person_view: PersonView
    site: Site | None = None
    comments: list[CommentView] = REQUIRED
    posts: list[PostView] = REQUIRED
    moderates: list[CommunityModeratorView] = REQUIRED


class BanPersonResponse(Shape):
    person_view: PersonView
    banned: bool


class BannedPersonsResponse(Shape):
    banned: list[PersonView]


class BlockPersonResponse(Shape):
    person_view: PersonView
    blocked: bool


class GenerateTotpSecretResponse(Shape):
    totp_secret_url: str


class UpdateTotpResponse(Shape):
    enabled: bool


class ListMediaResponse(Shape):
    images: list[LocalImageView]


class UserSettingsBackup(Shape, omit_defaults=False):
    """The export of an account's settings: the one answer in which nulls are sent."""

    display_name: str | None
    bio: str | None
    avatar: str | None
    banner: str | None
    matrix_id: str | None
    bot_account: bool | None
    settings: LocalUser | None
    vote_display_mode_settings: LocalUserVoteDisplayMode | None
    followed_communities: list[str]
    saved_posts: list[str]
    saved_comments: list[str]
    blocked_communities: list[str]
    blocked_users: list[str]
    blocked_instances: list[str]


# Administration


class AddAdminResponse(Shape):
    admins: list[PersonView]


class GetUnreadRegistrationApplicationCountResponse(Shape):
    registration_applications: int


class ListRegistrationApplicationsResponse(Shape):
    registration_applications: list[RegistrationApplicationView]


class RegistrationApplicationResponse(Shape):
    registration_application: RegistrationApplicationView


SUCCESS = SuccessResponse(success=True)
