import Audit
import Cryptography
import Directory
import Gateway
import Primitives
import Staff

/// The accounts of one organisation, kept by its gateway.
struct SealedAccountBook: AccountBook {
    let gateway: OrganisationGateway

    func accounts() async throws(AccountBookFault) -> [StoredAccount] {
        let records = try await asking { () async throws(GatewayError) in
            try await gateway.accountRecords()
        }
        return records.map { StoredAccount(id: $0.id, revision: $0.revision, bytes: $0.bytes) }
    }

    func save(
        _ bytes: [UInt8],
        as id: AccountID,
        expecting expected: Int64?,
        _ acts: [AuditFacts]
    ) async throws(AccountBookFault) {
        let isStored = try await asking { () async throws(GatewayError) in
            try await gateway.storeAccount(bytes, as: id, expecting: expected, acts)
        }
        guard isStored else { throw .conflict }
    }

    func record(_ acts: [AuditFacts]) async throws(AccountBookFault) {
        try await asking { () async throws(GatewayError) in try await gateway.noteStaff(acts) }
    }

    private func asking<Answer: Sendable>(
        _ question: () async throws(GatewayError) -> Answer
    ) async throws(AccountBookFault) -> Answer {
        try await wrap(AccountBookFault.failed, question)
    }
}

/// The staff desks of a gateway's organisations: one each for the whole process, since sessions and
/// waits live in it. Made when somebody asks first; most commands never do.
final class StaffRooms: Sendable {
    private let desks = Lock<[MemberID: StaffDesk]>([:])
    /// One for all: a hash at a time, however many organisations there are.
    private let hasher = PasswordHasher()
    private let rules = Lock(StaffSettings(issuer: ""))

    /// What the configuration says, for desks that are made from now on; the issuer is each
    /// organisation's own name.
    func set(_ change: (inout StaffSettings) -> Void) { rules.withLock { change(&$0) } }

    func desk(of gateway: OrganisationGateway) async throws(StaffRefusal) -> StaffDesk {
        if let desk = desks.withLock({ $0[gateway.member] }) { return desk }
        var settings = rules.withLock { $0 }
        let membership = try wrap(StaffRefusal.book) { () throws(GatewayError) in
            try gateway.membership()
        }
        settings.issuer = membership.profile.displayName
        let desk = try await StaffDesk.open(
            SealedAccountBook(gateway: gateway),
            of: PartyID(gateway.member),
            settings: settings,
            hasher: hasher,
            seams: (time: SystemTime(), random: SystemRandom())
        )
        return desks.withLock { desks in
            // Of two who asked at the same moment the first one's stays.
            let first = desks[gateway.member] ?? desk
            desks[gateway.member] = first
            return first
        }
    }

    /// Once a minute: locks what nobody uses, until the task is cancelled.
    func keepHouse(
        _ time: some TimeSource,
        _ report: @Sendable (any Explained, MemberID) -> Void
    ) async {
        while true {
            do throws(CancellationError) { try await time.sleep(for: .minutes(1)) } catch { return }
            for (member, desk) in desks.withLock({ $0 }) {
                do throws(StaffRefusal) { try await desk.keepHouse() } catch {
                    report(error, member)
                }
            }
        }
    }
}
