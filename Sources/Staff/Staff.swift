// Staff: who works here, and how they show it.
//
// Owns accounts (職員), roles and rights, passwords, one-time and spare codes, passkeys, sessions.
// It is the only door to libsodium, liboath and libfido2, and makes the `Agent` of who signed in.
// Pages hold one `StaffDesk` per organisation. The sign-in page calls `signIn`; each answer is the
// next step, with a token for the cookie that lasts until then: `giveCode` or `givePasskey`,
// `setPassword`, `enrol`. The last step gives a `SessionToken`. Every later request asks
// `session(for:)`, shows the lock screen while it is locked, checks the form token of a post, and
// `demand`s the right of the act from the session. Once a minute somebody calls `keepHouse`.
// It keeps no account itself: an `AccountBook` stores bytes with the leaves of the act, in one
// commit, and nothing is answered before. Sessions live in memory and end with the process. It
// sees no sheet and no network. Passwords and codes are never stored, printed or put on record.
// Fails with `StaffRefusal`; whoever fails to sign in gets one answer, whatever the reason.
