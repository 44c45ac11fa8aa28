package import Primitives

/// Why an act of a person or about an account did not happen.
package enum StaffRefusal: Explained {
    /// Not signed in: unknown name, wrong password or code, suspended account. Never says which.
    case notAuthenticated
    /// Too many failures: nothing is looked at before this has passed.
    case waiting(Duration)
    /// Too many sign in at this moment.
    case signInBusy
    /// The steps of a sign-in took too long, or were already gone through.
    case signInLapsed
    case passwordTooShort(atLeast: Int)
    case passwordCommon
    case passwordUnchanged
    /// A code of the authenticator app that does not fit what is being set up.
    case codeWrong
    /// What the browser handed over makes no passkey of this person.
    case passkeyRefused
    case passkeysFull
    /// The pages have no public address, or one of numbers.
    case passkeysUnavailable
    /// No such session, or its time is over.
    case sessionEnded
    /// Locked: the password first.
    case sessionLocked
    /// The form was not made for this session.
    case formForeign
    case rightMissing(StaffRight)
    case signInNameTaken
    case accountUnknown
    /// Of somebody who has left; they get a new one when they come back.
    case accountLeft
    /// Somebody would have to manage the accounts.
    case lastAdministrator
    case accountsFull
    /// Others kept changing the account.
    case accountChanged
    case badName
    /// The book did not store or read.
    case book(any Explained)

    package var code: String {
        switch self {
        case .notAuthenticated: "notAuthenticated"
        case .waiting: "signInWaiting"
        case .signInBusy: "signInBusy"
        case .signInLapsed: "signInLapsed"
        case .passwordTooShort: "passwordTooShort"
        case .passwordCommon: "passwordCommon"
        case .passwordUnchanged: "passwordUnchanged"
        case .codeWrong: "codeWrong"
        case .passkeyRefused: "passkeyRefused"
        case .passkeysFull: "passkeysFull"
        case .passkeysUnavailable: "passkeysUnavailable"
        case .sessionEnded: "sessionEnded"
        case .sessionLocked: "sessionLocked"
        case .formForeign: "formForeign"
        case .rightMissing: "rightMissing"
        case .signInNameTaken: "signInNameTaken"
        case .accountUnknown: "accountUnknown"
        case .accountLeft: "accountLeft"
        case .lastAdministrator: "lastAdministrator"
        case .accountsFull: "accountsFull"
        case .accountChanged: "accountChanged"
        case .badName: "badName"
        case .book(let error): error.code
        }
    }

    package var summary: String {
        switch self {
        case .notAuthenticated: "The sign-in failed."
        case .waiting(let wait): "After several failures there is a wait of \(wait.shownSeconds) s."
        case .signInBusy: "Too many people sign in at this moment."
        case .signInLapsed: "This sign-in is over."
        case .passwordTooShort(let least): "The password has fewer than \(least) characters."
        case .passwordCommon: "The password is one that is guessed first."
        case .passwordUnchanged: "The password is the one before."
        case .codeWrong: "The code does not fit the app that is being set up."
        case .passkeyRefused: "This passkey cannot be used here."
        case .passkeysFull: "There are as many passkeys as there may be."
        case .passkeysUnavailable: "These pages have no passkeys."
        case .sessionEnded: "The session has ended."
        case .sessionLocked: "The screen is locked."
        case .formForeign: "The form belongs to another session."
        case .rightMissing(let right):
            "The right \(right.rawValue) is missing; the roles "
                + right.roles.map(\.rawValue).joined(separator: ", ") + " have it."
        case .signInNameTaken: "There is an account with this sign-in name."
        case .accountUnknown: "There is no such account."
        case .accountLeft: "The account is of somebody who has left."
        case .lastAdministrator: "It is the only administrator."
        case .accountsFull: "There are as many accounts as there may be."
        case .accountChanged: "Others changed the account at the same time."
        case .badName: "The name is empty, too long or not one line."
        case .book(let error): error.summary
        }
    }

    package var advice: String {
        switch self {
        case .notAuthenticated: "Check name, password and code; else ask an administrator."
        case .waiting: "Try again when it is over; else ask an administrator."
        case .signInBusy: "Try again in a few seconds."
        case .signInLapsed, .sessionEnded: "Sign in again."
        case .passwordTooShort: "Put several words together that are only yours."
        case .passwordCommon: "Choose words that are only yours, not names, dates or rows of keys."
        case .passwordUnchanged: "Choose another one."
        case .codeWrong: "Scan the picture again and type the code that the app shows now."
        case .passkeyRefused: "Begin again, with a device that is not set up here yet."
        case .passkeysFull: "Remove one that is not used any more."
        case .passkeysUnavailable: "Use the codes of the app; the operator can set the address."
        case .sessionLocked: "Type the password; the work is kept."
        case .formForeign: "Open the page again and send it from there."
        case .rightMissing: "Ask an administrator for one of these roles."
        case .signInNameTaken: "Choose another name, or show that account."
        case .accountUnknown: "List the accounts and check the name."
        case .accountLeft: "Add a new account."
        case .lastAdministrator: "Give somebody else the role administrator first."
        case .accountsFull: "Ask the vendor."
        case .accountChanged: "Look at the account and try again."
        case .badName: "Give a name of one line."
        case .book(let error): error.advice
        }
    }

    package var isTemporary: Bool {
        switch self {
        case .waiting, .signInBusy, .accountChanged: true
        case .book(let error): error.isTemporary
        case .notAuthenticated, .signInLapsed, .passwordTooShort, .passwordCommon,
            .passwordUnchanged, .codeWrong, .passkeyRefused, .passkeysFull, .passkeysUnavailable,
            .sessionEnded, .sessionLocked, .formForeign,
            .rightMissing, .signInNameTaken, .accountUnknown, .accountLeft, .lastAdministrator,
            .accountsFull, .badName:
            false
        }
    }
}

extension StaffRefusal: Equatable {
    /// By case and what it says.
    package static func == (left: StaffRefusal, right: StaffRefusal) -> Bool {
        left.code.hasSameBytes(as: right.code) && left.summary.hasSameBytes(as: right.summary)
    }
}

extension Duration {
    /// Whole seconds, never fewer than are left.
    package var shownSeconds: Int64 { (inMilliseconds + 999) / 1000 }
}
