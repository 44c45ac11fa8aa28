package import Audit
package import Primitives

/// A person who works here, with what they may and what they sign in with. Personal and secret;
/// never printed.
package struct Account: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package let id: AccountID
    package let signInName: SignInName
    package internal(set) var displayName: String
    /// 職種: stands in receipts and in the log.
    package internal(set) var profession: RoleCode
    package internal(set) var roles: Set<StaffRole>
    /// Without repetition; the first one is where the person usually sits.
    package internal(set) var desks: [DeskID]
    package internal(set) var state = State.active
    package internal(set) var preferences = Preferences()
    package let createdAt: Timestamp
    package internal(set) var lastSignInAt: Timestamp?
    /// When an administrator last found roles and desks right.
    package internal(set) var reviewedAt: Timestamp?

    /// As libsodium writes it, with salt and cost.
    var passwordHash: PasswordHash?
    var givenCode: GivenCode?
    var oneTimeSecret: OneTimeSecret?
    /// Of the spare codes that were not used yet.
    var spareCodes: [Digest] = []
    var passkeys: [Passkey] = []

    package enum State: String, CaseIterable, Sendable {
        case active, suspended, left
    }

    /// What a person has set for their own screen.
    package struct Preferences: Hashable, Sendable {
        package var language = Language.japanese
        package var textSize = TextSize.medium
        /// Where notices go; nil: none are wanted.
        package var mail: MailAddress?

        package init(language: Language = .japanese, textSize: TextSize = .medium) {
            self.language = language
            self.textSize = textSize
        }
    }

    package enum Language: String, CaseIterable, Sendable {
        case japanese = "ja"
        case english = "en"
    }

    package enum TextSize: String, CaseIterable, Sendable {
        case small, medium, large
    }

    init(_ new: NewAccount, id: AccountID, at now: Timestamp) {
        self.id = id
        signInName = new.signInName
        displayName = new.displayName
        profession = new.profession
        roles = new.roles
        desks = new.desks
        createdAt = now
    }

    package var rights: Set<StaffRight> { roles.reduce(into: []) { $0.formUnion($1.rights) } }
    /// Every half year somebody looks whether the person still needs all this.
    func isReviewDue(at now: Timestamp) -> Bool {
        state != .left && now.since(reviewedAt ?? createdAt) >= Limits.accountReview
    }

    var hasSecondFactor: Bool { oneTimeSecret != nil }
    var isAdministrator: Bool { state == .active && roles.contains(.administrator) }

    /// The person as acts and leaves name them.
    func agent(_ assurance: Assurance) -> Agent {
        Agent(
            .person,
            name: displayName,
            role: profession,
            desk: desks.first,
            assurance: assurance
        )
    }

    /// Nothing of what was set up to sign in stays.
    mutating func dropCredentials() {
        passwordHash = nil
        givenCode = nil
        dropSecondFactor()
    }

    mutating func dropSecondFactor() {
        oneTimeSecret = nil
        spareCodes = []
        passkeys = []
    }

    package var description: String { "Account" }
    package var debugDescription: String { description }
}

/// What an administrator says of a new person.
package struct NewAccount: Sendable {
    package let signInName: SignInName
    package let displayName: String
    package let profession: RoleCode
    package let roles: Set<StaffRole>
    package let desks: [DeskID]

    /// - Returns: nil for a name that is empty, longer than `Limits.displayNameScalars` or not one
    ///   line.
    package init?(
        _ signInName: SignInName,
        named displayName: String,
        profession: RoleCode,
        roles: Set<StaffRole>,
        desks: [DeskID] = []
    ) {
        guard displayName.isPersonName else { return nil }
        self.signInName = signInName
        self.displayName = displayName
        self.profession = profession
        self.roles = roles
        self.desks = desks.withoutRepetition
    }
}

extension [DeskID] {
    var withoutRepetition: [DeskID] {
        var seen: Set<DeskID> = []
        return filter { seen.insert($0).inserted }
    }
}

extension String {
    /// One line of 1 to `Limits.displayNameScalars` characters: of a person, of a passkey.
    package var isPersonName: Bool {
        (1...Limits.displayNameScalars).contains(unicodeScalars.count) && isOneLine
    }

    /// One line in which somebody says why, or what was done.
    package var isRemark: Bool {
        (1...Limits.remarkScalars).contains(unicodeScalars.count) && isOneLine
    }
}
