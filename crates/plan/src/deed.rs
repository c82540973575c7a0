//! What the trail tells of: every change of a record or an account, every reading of what is restricted. Refuses to know
//! who did it.

use crate::vocabulary;

vocabulary! {
    /// What the trail tells of.
    Deed {
        Write = "write",
        Retire = "retire",
        Read = "read",
        /// Small counts of people are seen for a time, with a reason.
        SeeSmallCounts = "see-small-counts",
        SignIn = "sign-in",
        Invite = "invite",
        ChangeAccount = "change-account",
        HandOver = "hand-over",
        CloseAccount = "close-account",
        OpenAccount = "open-account",
        EraseAccount = "erase-account",
        ResetPassword = "reset-password",
        /// The second proof is forgotten as well.
        ResetAll = "reset-all",
        SetPassword = "set-password",
        AddSecond = "add-second",
        DropSecond = "drop-second",
        NewCodes = "new-codes",
        AddToken = "add-token",
        DropToken = "drop-token",
        ReadTrail = "read-trail",
    }
}
