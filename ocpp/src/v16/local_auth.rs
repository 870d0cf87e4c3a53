//! Block *Local authorization list* (OCPP 1.6 chapters 3.5.2, 5.10, 5.15).

use super::types::{IdTagInfo, IdToken};
use crate::list::List;

messages! {
    /// Asks for the version of the local list (OCPP 1.6 §5.10).
    struct GetLocalListVersionRequest {}

    /// Answers GetLocalListVersion.req.
    struct GetLocalListVersionResponse {
        /// Version of the list; 0 if it is empty, -1 if the charge point has none.
        "listVersion" list_version: i64,
    }

    /// Replaces or changes the local list (OCPP 1.6 §5.15).
    struct SendLocalListRequest<'a> {
        /// Version of the whole list after a full update, or the one it has after the change.
        "listVersion" list_version: i64,
        /// The new list, or its changes; absent empties the list in a full update.
        "localAuthorizationList" local_authorization_list: Option<List<'a, AuthorizationData<'a>>>,
        /// Replace or change.
        "updateType" update_type: UpdateType,
    }

    /// An entry of the local list (OCPP 1.6 §7.1).
    struct AuthorizationData<'a> {
        /// The identifier.
        "idTag" id_tag: IdToken<'a>,
        /// What is known about it; absent in a differential update removes the entry.
        "idTagInfo" id_tag_info: Option<IdTagInfo<'a>>,
    }

    /// Replace or change (OCPP 1.6 §7.46).
    enum UpdateType {
        /// Change the entries given.
        "Differential" => Differential,
        /// Replace the whole list.
        "Full" => Full,
    }

    /// Answers SendLocalList.req.
    struct SendLocalListResponse {
        /// What comes of it.
        "status" status: UpdateStatus,
    }

    /// What comes of an update of the local list (OCPP 1.6 §7.45).
    enum UpdateStatus {
        /// The list is updated.
        "Accepted" => Accepted,
        /// It could not be updated.
        "Failed" => Failed,
        /// The charge point has no local list.
        "NotSupported" => NotSupported,
        /// The version does not follow the one the charge point has.
        "VersionMismatch" => VersionMismatch,
    }
}
