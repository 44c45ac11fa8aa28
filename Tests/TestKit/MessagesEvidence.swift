import Audit
package import Cryptography
package import Delivery
package import Directory
package import Envelope
import Primitives
import Sheets

/// One delivery to the clinic with all its receipts and their proofs, as both gateways hold it.
package struct Delivered: Sendable {
    package let message: Message
    package let world: World
    /// *accepted* first.
    package private(set) var receipts: [EvidenceFile.ProvedReceipt] = []
    package private(set) var statements: [SignedStatement] = []
    /// The clinic's signer after a change of its key.
    private var later: StatementSigner?

    /// A message that was delivered, opened and confirmed a minute after the other.
    package static func make(
        _ messages: Messages,
        seed: UInt64 = 1
    ) async throws -> Delivered {
        try await make(messages, seed: seed) { _ in }
    }

    /// The same with one attachment.
    package static func make(
        _ messages: Messages,
        attaching bytes: [UInt8]
    ) async throws -> Delivered {
        let sheet = try messages.sheet { sheet in
            sheet["attachments"] = [
                [
                    "name": "別紙.pdf", "mediaType": "application/pdf", "kind": "other",
                    "byteLength": .integer(Int64(bytes.count)),
                    "sha256": .string(SHA256.hash(bytes).hex),
                ]
            ]
        }
        let message = try await messages.message(sheet, attachments: [bytes])
        return try await made(messages, message, seed: 1) { _ in }
    }

    /// The same, and something else that happens before the clinic confirms.
    package static func make(
        _ messages: Messages,
        seed: UInt64 = 1,
        beforeConfirming: (inout Delivered) async throws -> Void
    ) async throws -> Delivered {
        let message = try await messages.message(try messages.sheet(), seed: seed)
        return try await made(messages, message, seed: seed, beforeConfirming)
    }

    private static func made(
        _ messages: Messages,
        _ message: Message,
        seed: UInt64,
        _ beforeConfirming: (inout Delivered) async throws -> Void
    ) async throws -> Delivered {
        var delivered = Delivered(message: message, world: messages.world)
        try await delivered.addAccepted()
        try await delivered.addDelivered()
        try await delivered.addOpened(seed)
        try await beforeConfirming(&delivered)
        try await delivered.addConfirmed(seed)
        return delivered
    }

    /// A message that the clinic refused.
    package static func refused(
        _ messages: Messages,
        _ code: RefusalCode
    ) async throws -> Delivered {
        let message = try await messages.message(try messages.sheet())
        var delivered = Delivered(message: message, world: messages.world)
        try await delivered.addAccepted()
        let disclosure = Disclosure(of: message.routing.messageID, openings: [], text: "/body")
        let statement = RefusedStatement(
            head: delivered.head(minutes: 1),
            sealedSha256: SHA256.hash(message.envelope.bytes),
            code: code,
            disclosureSha256: SHA256.hash(disclosure.json.canonicalBytes)
        )
        try await delivered.add(statement, disclosure, .messageRefused, minutes: 1)
        return delivered
    }

    /// A message that its sender took back before it left the exchange.
    package static func takenBack(_ messages: Messages) async throws -> Delivered {
        let message = try await messages.message(try messages.sheet())
        var delivered = Delivered(message: message, world: messages.world)
        try await delivered.addAccepted()
        let time = messages.world.start.adding(.minutes(1))
        let withdrawal = try await messages.world.member(.careOffice).signer.sign(
            WithdrawalStatement(
                of: message.routing.key,
                accepted: message.accepted.sha256,
                because: .wrongPatient,
                at: time
            ),
            at: time
        )
        delivered.keep(withdrawal, nil, nil)
        try await delivered.addAnswer()
        return delivered
    }

    package var contents: EvidenceFile.Contents { contents() }

    /// The evidence file's contents, with other receipts or trust where given.
    package func contents(
        receipts: [EvidenceFile.ProvedReceipt]? = nil,
        trust: EvidenceFile.Trust? = nil
    ) -> EvidenceFile.Contents {
        var contents = EvidenceFile.Contents(
            routing: message.routing,
            submission: message.submission,
            receipts: receipts ?? self.receipts,
            trust: trust ?? self.trust
        )
        contents.sealed = message.envelope.bytes
        contents.content = message.content
        return contents
    }

    package var file: EvidenceFile { EvidenceFile(to: world.member(.clinic).id, contents) }

    /// What the world's directory knows of the parties; with other lists where given.
    package var trust: EvidenceFile.Trust { trust(lists: world.directory.lists) }

    package func trust(lists: [CertificateRevocationList]) -> EvidenceFile.Trust {
        let directory = world.directory
        let members = [World.Place.careOffice, .clinic].map { world.member($0) }
        return EvidenceFile.Trust(
            // The newest key first, as a gateway gives them.
            certificates: directory.issuingAuthorities + world.exchange.certificates
                + [later?.certificate].compactMap(\.self) + members.flatMap(\.certificates),
            lists: lists,
            policy: directory.policies[0].statement,
            memberships: members.compactMap { directory.member($0.id)?.membershipStatement }
        )
    }

    // MARK: Receipts

    private init(message: Message, world: World) {
        self.message = message
        self.world = world
    }

    private var clinic: WorldMember { world.member(.clinic) }

    private func head(minutes: Int) -> ReceiptHead {
        ReceiptHead(
            issuer: PartyID(clinic.id),
            message: message.routing.key,
            previous: statements.last?.sha256 ?? message.submission.sha256,
            at: world.start.adding(.minutes(minutes)),
            logOrigin: clinic.logOrigin
        )
    }

    private mutating func addAccepted() async throws {
        var facts = facts(.messageAccepted, .stranger, message.accepted, minutes: 0)
        facts.peer = PartyID(world.member(.careOffice).id)
        let proof = try await proof(
            AuditEntry(facts, in: .transport, random: SeededRandom(seed: 2)),
            in: world.exchange.transportOrigin,
            by: CheckpointSigner(store: world.exchange.store, key: world.exchange.logKey)
        )
        keep(message.accepted, proof, nil)
    }

    private mutating func addAnswer() async throws {
        let exchange = world.exchange
        let time = world.start.adding(.minutes(2))
        let head = ReceiptHead(
            issuer: PartyID(exchange.id),
            message: message.routing.key,
            previous: statements[1].sha256,
            at: time,
            logOrigin: exchange.transportOrigin
        )
        let answer = WithdrawalAnswerStatement(head: head, to: clinic.id, outcome: .neverReleased)
        let statement = try await exchange.receipts.sign(answer, at: time)
        var facts = AuditFacts(
            .withdrawalAnswered,
            by: .system,
            for: statement.issuer,
            on: .statement(statement.sha256),
            at: time
        )
        facts.statementSha256 = statement.sha256
        let proof = try await proof(
            AuditEntry(facts, in: .transport, random: SeededRandom(seed: 3)),
            in: exchange.transportOrigin,
            by: CheckpointSigner(store: exchange.store, key: exchange.logKey)
        )
        keep(statement, proof, nil)
    }

    private mutating func addDelivered() async throws {
        let statement = DeliveredStatement(
            head: head(minutes: 1),
            sealedSha256: SHA256.hash(message.envelope.bytes),
            contentSha256: message.contentSha256,
            checks: DeliveryChecks(
                signerCertificateSha256: world.member(.careOffice).signing.certificate.sha256,
                certificateListNumber: 1,
                revocationFreshness: .fresh,
                policy: 1
            )
        )
        try await add(statement, nil, .messageDelivered, minutes: 1)
    }

    private mutating func addOpened(_ seed: UInt64) async throws {
        let disclosure = try disclosure(seed)
        let statement = OpenedStatement(
            head: head(minutes: 2),
            part: try required(PartName("sheet.json")),
            purpose: .care,
            commitments: try required(disclosure.commitments),
            disclosureSha256: SHA256.hash(disclosure.json.canonicalBytes)
        )
        try await add(statement, disclosure, .sheetOpened, minutes: 2)
    }

    private mutating func addConfirmed(_ seed: UInt64) async throws {
        let disclosure = try disclosure(seed + 1)
        let statement = ConfirmedStatement(
            head: head(minutes: 3),
            commitments: try required(disclosure.commitments),
            disclosureSha256: SHA256.hash(disclosure.json.canonicalBytes)
        )
        try await add(statement, disclosure, .messageConfirmed, minutes: 3)
    }

    private func disclosure(_ seed: UInt64) throws -> Disclosure {
        Disclosure(of: message.routing.messageID, by: try nurse, random: SeededRandom(seed: seed))
    }

    private var nurse: Agent {
        get throws {
            Agent(
                .person,
                name: "架空 看護子",
                role: try required(RoleCode("nurse")),
                desk: try required(DeskID("liaison")),
                assurance: .twoFactor
            )
        }
    }

    /// From here on the clinic signs with its next key.
    package mutating func renewSigning() async throws {
        let key = try await clinic.store.generate(.signing, label: "signing-2")
        let certificate = try await world.exchange.issue(
            .memberSigning,
            to: clinic.id,
            point: try clinic.store.point(key),
            from: world.start.adding(.minutes(2))
        )
        later = StatementSigner(
            store: clinic.store,
            key: key,
            identity: SigningIdentity(
                certificate: certificate,
                issuing: world.exchange.memberAuthority.certificate
            )
        )
    }

    private mutating func add(
        _ body: some ReceiptBody,
        _ disclosure: Disclosure?,
        _ event: AuditEvent,
        minutes: Int
    ) async throws {
        let time = world.start.adding(.minutes(minutes))
        let statement = try await (later ?? clinic.signer).sign(body, at: time)
        let isPersonal = event == .sheetOpened || event == .messageConfirmed
        var facts = facts(event, isPersonal ? try nurse : .member, statement, minutes: minutes)
        if event == .messageRefused {
            facts.outcome = .minorFailure
            facts.reason = AuditReason("invalidSheet")
        }
        let proof = try await proof(
            AuditEntry(facts, in: .access, random: SeededRandom(seed: UInt64(minutes))),
            in: clinic.logOrigin,
            by: CheckpointSigner(store: clinic.store, key: clinic.logKey)
        )
        keep(statement, proof, disclosure?.json.canonicalBytes)
    }

    private mutating func keep(
        _ statement: SignedStatement,
        _ proof: ReceiptProof?,
        _ disclosure: [UInt8]?
    ) {
        statements.append(statement)
        receipts.append(
            EvidenceFile.ProvedReceipt(statement: statement, proof: proof, disclosure: disclosure)
        )
    }

    private func facts(
        _ event: AuditEvent,
        _ agent: Agent,
        _ statement: SignedStatement,
        minutes: Int
    ) -> AuditFacts {
        let id = message.routing.messageID
        var facts = AuditFacts(
            event,
            by: agent,
            for: statement.issuer,
            on: event == .sheetOpened ? .part(Delivered.sheetName, of: id) : .message(id),
            at: world.start.adding(.minutes(minutes))
        )
        facts.statementSha256 = statement.sha256
        return facts
    }

    private static let sheetName: ObjectName = {
        guard let name = ObjectName("sheet.json") else { preconditionFailure("a good name") }
        return name
    }()

    /// The entry as the third leaf of five, under a checkpoint.
    private func proof(
        _ entry: AuditEntry,
        in origin: TreeOrigin,
        by signer: CheckpointSigner
    ) async throws -> ReceiptProof {
        let key = DataKey(reference: 1, secret: SecretBytes.random(32), random: SystemRandom())
        let source = AuditSource(
            node: try required(NodeName("test")),
            productVersion: try required(ProductVersion("1.0"))
        )
        let leaf = entry.sealed(origin: origin, by: key).leaf(at: entry.at, source: source)
        var tree = MerkleTree()
        for index in 0..<5 { tree.append(leaf: index == 2 ? leaf.bytes : [UInt8(index)]) }
        let proof = TlogProof(
            index: 2,
            hashes: tree.inclusion(index: 2, size: 5),
            checkpoint: try await signer.checkpoint(origin, tree.head)
        )
        return ReceiptProof(leaf: leaf.bytes, tlogProof: proof.bytes)
    }
}
