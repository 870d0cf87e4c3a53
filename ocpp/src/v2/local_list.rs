//! Block D, *Local authorization list*.

use super::types::{IdToken, IdTokenInfo, StatusInfo};
use crate::list::List;

messages! {
    /// Replaces or changes the local list (D01).
    class SendLocalListRequest<'a> {
        /// The new list, or its changes; absent empties the list in a full update.
        "localAuthorizationList" local_authorization_list: Option<List<'a, AuthorizationData<'a>>>
            [min_items(1)],
        /// Version the list has afterwards.
        "versionNumber" version_number: i64,
        /// Replace or change.
        "updateType" update_type: Update,
    }

    /// An entry of the local list.
    class AuthorizationData<'a> {
        /// The identifier.
        "idToken" id_token: IdToken<'a>,
        /// What is known about it; absent in a differential update removes the entry.
        "idTokenInfo" id_token_info: Option<IdTokenInfo<'a>>,
    }

    /// Replace or change.
    enum Update {
        /// Change the entries given.
        "Differential" => Differential,
        /// Replace the whole list.
        "Full" => Full,
    }

    /// Answers SendLocalListRequest.
    class SendLocalListResponse<'a> {
        /// What comes of it.
        "status" status: SendLocalListStatus,
        /// More about the status.
        "statusInfo" status_info: Option<StatusInfo<'a>>,
    }

    /// What comes of an update of the local list.
    enum SendLocalListStatus {
        "Accepted" => Accepted,
        "Failed" => Failed,
        "VersionMismatch" => VersionMismatch,
    }

    /// Asks for the version of the local list (D02).
    class GetLocalListVersionRequest<'a> {
    }

    /// Answers GetLocalListVersionRequest.
    class GetLocalListVersionResponse<'a> {
        /// Version of the list, 0 if there is none.
        "versionNumber" version_number: i64,
    }
}
