package import Audit
package import Cryptography
package import Directory
package import Primitives

/// A miniature world of certificates: one exchange with root, authorities and services, four
/// members that have joined it, one member on paper, and the directory all of them hold.
///
/// Everything in it is good from a day before `start`. Keys and ids come from the seed, so a
/// failing test meets the same world again. Made anew for each test; nothing is shared.
package struct World: Sendable {
    package enum Place: String, CaseIterable, Sendable {
        case careOffice, clinic, hospital, consultationRoom
    }

    package let start: Timestamp
    package let exchange: WorldExchange
    package let members: [Place: WorldMember]
    /// A member with a telephone, a fax and no keys.
    package let paperMember: MemberID
    /// The leaves of the `keys` tree with their objects, from the first on.
    package private(set) var leaves: [(leaf: AuditLeaf, object: [UInt8])] = []
    /// The same as changes.
    package private(set) var changes: [(change: DirectoryChange, at: Timestamp)] = []
    package private(set) var directory: DirectoryView

    package static func make(
        seed: UInt64 = 1,
        at start: Timestamp = SimulatedTime.start
    ) async throws -> World {
        let random = SeededRandom(seed: seed)
        let exchange = try await WorldExchange.make(seed: seed, at: start, random)
        var members: [Place: WorldMember] = [:]
        for place in Place.allCases {
            members[place] = try await WorldMember.make(place, seed: seed, of: exchange, random)
        }
        var world = World(
            start: start,
            exchange: exchange,
            members: members,
            paperMember: MemberID.make(random),
            directory: DirectoryView(root: exchange.root.certificate)
        )
        try await world.fill()
        return world
    }

    package func member(_ place: Place) -> WorldMember {
        guard let member = members[place] else { preconditionFailure("every place has a member") }
        return member
    }

    /// Applies a change to the directory and adds its leaf and object, a millisecond after the
    /// last.
    package mutating func apply(_ change: DirectoryChange) throws {
        let last = leaves.last?.leaf.at ?? start.adding(.minutes(-30))
        let at = last.adding(.milliseconds(1))
        directory = try directory.applying(change, at: at)
        changes.append((change, at))
        leaves.append(try WorldLeaf.make(change, of: exchange, at: at))
    }

    /// The certificates of the chain as stock `openssl` takes them: authorities, then the root.
    package var anchors: [Certificate] {
        [exchange.memberAuthority, exchange.serviceAuthority, exchange.root].map(\.certificate)
    }

    private init(
        start: Timestamp,
        exchange: WorldExchange,
        members: [Place: WorldMember],
        paperMember: MemberID,
        directory: DirectoryView
    ) {
        self.start = start
        self.exchange = exchange
        self.members = members
        self.paperMember = paperMember
        self.directory = directory
    }

    private mutating func fill() async throws {
        try apply(.authority(exchange.memberAuthority.certificate))
        try apply(.authority(exchange.serviceAuthority.certificate))
        for authority in exchange.authorities {
            try apply(.list(try await exchange.list(of: authority, number: 1, at: start)))
        }
        for certificate in exchange.certificates { try apply(.certificate(nil, certificate)) }
        try apply(.statement(try await exchange.registrar.sign(exchange.policy, at: start)))
        for place in Place.allCases { try await join(member(place)) }
        try await joinOnPaper()
    }

    private mutating func join(_ member: WorldMember) async throws {
        let membership = exchange.membership(of: member)
        try apply(.statement(try await exchange.registrar.sign(membership, at: start)))
        for certificate in member.certificates {
            try apply(.certificate(member.id, certificate))
        }
        try apply(.statement(try await member.signer.sign(member.entry, at: start)))
    }

    private mutating func joinOnPaper() async throws {
        var profile = MemberProfile(
            displayName: "川沿い診療所",
            organisationType: try required(OrganisationType("clinic"))
        )
        profile.legalNameKana = "カワゾイシンリョウジョ"
        let membership = Membership(
            issuer: PartyID(exchange.id),
            memberID: paperMember,
            profile: profile,
            standing: MemberStanding(connection: .paper, since: start),
            verification: Verification(by: "registrar", at: start)
        )
        try apply(.statement(try await exchange.registrar.sign(membership, at: start)))
        var entry = try WorldMember.entry(of: paperMember, at: start)
        entry.fax = try required(TelephoneNumber("06-0000-0009"))
        let onPaper = DirectoryEntry(onPaper: entry, by: exchange.id)
        try apply(.statement(try await exchange.registrar.sign(onPaper, at: start)))
    }
}

/// A value that a fixture knows to be there.
package struct FixtureFault: Error {}

package func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw FixtureFault() }
    return value
}
