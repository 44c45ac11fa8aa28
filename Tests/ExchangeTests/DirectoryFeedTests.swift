import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage
import TestKit
import Testing

@testable import Exchange

/// The `keys` tree as members download it.
struct DirectoryFeedTests {
    /// All leaves by pages, replayed as a gateway does it.
    private func replay(
        _ service: any ExchangeService,
        root: Certificate,
        page: Int = 7
    ) async throws -> (view: DirectoryView, head: TreeHead) {
        var view = DirectoryView(root: root)
        var tree = MerkleTree()
        while true {
            let query = PageQuery(after: Int64(tree.size), limit: page)
            let leaves = try await service.directory(query)
            guard !leaves.isEmpty else { return (view, tree.head) }
            for wire in leaves {
                #expect(wire.index == Int64(tree.size))
                tree.append(leaf: wire.leaf)
                let leaf = try AuditLeaf(reading: wire.leaf, in: .keys)
                if let change = try DirectoryChange(leaf: leaf, object: wire.object) {
                    try view.apply(change, at: leaf.at)
                }
            }
        }
    }

    @Test func `the replay of the tree is the directory of the exchange`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let hospital = try await exchange.join(.hospital)
        try await exchange.node.setStatus(.suspended, of: hospital.id)
        try await exchange.node.revoke(
            hospital.encryption.certificate.sha256,
            of: hospital.id,
            since: exchange.time.now,
            reason: .superseded
        )
        let (view, head) = try await replay(office.service, root: exchange.root)
        let own = exchange.node.view
        #expect(view.members.map(\.memberID) == own.members.map(\.memberID))
        #expect(
            view.members.map(\.membershipStatement) == own.members.map(\.membershipStatement)
        )
        #expect(view.members.map(\.entryStatement) == own.members.map(\.entryStatement))
        #expect(view.members.map(\.certificates) == own.members.map(\.certificates))
        #expect(Set(view.lists) == Set(own.lists))
        #expect(view.policy?.number == own.policy?.number)

        let note = try await office.service.checkpoint(.keys, isWitnessed: false)
        let checkpoint = try Checkpoint(reading: note)
        #expect(checkpoint.head == head)
        let key = try #require(view.logKey(of: checkpoint.origin))
        try checkpoint.verify(key: key)
    }

    @Test func `a node that starts again has the same directory`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let again = try await exchange.reopened()
        #expect(again.view.members.map(\.memberID) == [office.id])
        let message = try await office.message(to: [try await exchange.join(.clinic)])
        // It follows what the other has written since.
        let result = try await again.session(of: office.id).submit([message.wire]).first
        #expect(result?.status == 201)
    }

    @Test func `an entry's number rises by one, and the first of a number stands`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        func tell(_ number: Int, telephone: String = "06-0000-0001") async throws -> ItemResult {
            var entry = try office.entry(number: number)
            entry.telephone = try required(TelephoneNumber(telephone))
            let statement = try await office.signer.sign(entry, at: exchange.time.now)
            let item = WireStatement(bytes: statement.bytes)
            return try required(try await office.service.acknowledge([item]).first)
        }
        #expect(try await tell(3).refusal?.reason == .outOfOrder)
        #expect(try await tell(2).status == 201)
        let conflict = try await tell(2, telephone: "06-0000-0003")
        #expect(conflict.refusal?.reason == .statementConflict)
        #expect(
            conflict.statementSha256
                == exchange.node.view.member(office.id)?.entryStatement?.sha256
        )
        let old = try await tell(1, telephone: "06-0000-0003")
        #expect(old.refusal?.reason == .statementConflict)
        #expect(try await tell(3).status == 201)
    }

    @Test func `after a clock that was ahead the tree still replays`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        func announce(_ number: Int) async throws -> Refusal? {
            let entry = try office.entry(number: number)
            let statement = try await office.signer.sign(entry, at: exchange.time.now)
            let item = WireStatement(bytes: statement.bytes)
            return try await office.service.acknowledge([item]).first?.refusal
        }
        let start = exchange.time.now
        for (ahead, refusal) in [(Duration.hours(2), nil), (.days(100), Refusal(.maintenance))] {
            exchange.time.jump(to: start.adding(ahead))
            try await exchange.tidy()
            exchange.time.jump(to: start.adding(.minutes(1)))
            // At the time its leaf would get, the signer's certificate has ended.
            let number = exchange.node.view.member(office.id)?.entry?.entryNumber ?? 0
            #expect(try await announce(number + 1) == refusal)
            // The list of the future is followed by one of now.
            try await exchange.tidy()
            let lists = exchange.node.view.lists.filter { $0.number > 1 }
            #expect(lists.count == 2)
            #expect(lists.allSatisfy { $0.thisUpdate <= exchange.time.now })
            let again = try await exchange.reopened()
            #expect(again.view.member(office.id)?.entry?.entryNumber == 2)
        }
    }

    @Test func `the same entry again is no change`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let statement = try #require(exchange.node.view.member(office.id)?.entryStatement)
        let size = try await exchange.leaves(.keys).count
        let results = try await office.service.acknowledge([WireStatement(bytes: statement.bytes)])
        #expect(results.map(\.status) == [200])
        #expect(try await exchange.leaves(.keys).count == size)
        // The tree is followed and the slot is read; nothing is signed or told again.
        let faults = Faults(failingCall: 0)
        let node = try await exchange.reopened(on: FaultyExchangeStore(exchange.store, faults))
        let calls = faults.calls
        let again = try await node.session(of: office.id).acknowledge([
            WireStatement(bytes: statement.bytes)
        ])
        #expect(again == results)
        #expect(faults.calls - calls == 2)
    }

    @Test func `nobody enters another, and paper is entered by the registrar`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let clinic = try await exchange.join(.clinic)
        let statement = try await office.signer.sign(
            try office.entry(number: 2),
            at: exchange.time.now
        )
        let stolen = try await clinic.service.acknowledge([WireStatement(bytes: statement.bytes)])
        #expect(stolen.map(\.refusal?.reason) == [.notYourName])

        let paper = try await exchange.node.addMember(
            try WorldMember.profile(of: .hospital),
            connection: .paper,
            verifiedBy: "operator"
        )
        let entry = try WorldMember.entry(of: paper.member, at: exchange.time.now)
        try await exchange.node.enterOnPaper(entry)
        #expect(exchange.node.view.member(paper.member)?.entry?.entryNumber == 1)
    }

    @Test func `many changes at once are all written, one after another`() async throws {
        let exchange = try await LoopbackExchange.make()
        let node = exchange.node
        let names = (0..<8).map { "office \($0)" }
        let faults = await withTaskGroup(of: (any Error)?.self) { group in
            for name in names {
                group.addTask {
                    do {
                        let type = try required(OrganisationType("clinic"))
                        _ = try await node.addMember(
                            MemberProfile(displayName: name, organisationType: type),
                            connection: .gateway,
                            verifiedBy: "operator"
                        )
                        return nil
                    } catch { return error }
                }
            }
            return await group.reduce(into: []) { faults, fault in
                if let fault { faults.append(fault) }
            }
        }
        // Whoever lost too many races is told to come again; nothing is half written.
        #expect(faults.allSatisfy { ($0 as? any Explained)?.isTemporary == true })
        let view = try await exchange.reopened().view
        #expect(view.members.count == names.count - faults.count)
    }

    @Test func `a revocation by a member ends its own keys alone`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let clinic = try await exchange.join(.clinic)
        func revoke(_ certificate: Digest, since: Timestamp) async throws -> ItemResult {
            let body = Revocation(
                issuer: PartyID(office.id),
                of: (memberID: office.id, sha256: certificate),
                since: since,
                reason: .keyCompromise,
                requestedAt: exchange.time.now
            )
            let statement = try await office.signer.sign(body, at: exchange.time.now)
            let item = WireStatement(bytes: statement.bytes)
            return try required(try await office.service.acknowledge([item]).first)
        }
        let now = exchange.time.now
        let foreign = try await revoke(clinic.encryption.certificate.sha256, since: now)
        #expect(foreign.refusal?.reason == .notFound)
        let own = office.encryption.certificate
        #expect(try await revoke(own.sha256, since: now).status == 201)
        #expect(try await revoke(own.sha256, since: now).status == 200)
        // *Since* moves back, never forward.
        #expect(try await revoke(own.sha256, since: now.adding(.hours(1))).status == 200)
        let earlier = now.adding(.days(-2))
        #expect(try await revoke(own.sha256, since: earlier).status == 201)
        let listed = exchange.node.view.lists.compactMap { $0.since(own.serial) }
        #expect(listed == [Timestamp(milliseconds: earlier.seconds * 1000)])
    }
}
