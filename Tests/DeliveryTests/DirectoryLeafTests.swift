import Audit
import Cryptography
import Directory
import Primitives
import TestKit
import Testing

@testable import Delivery

/// The directory as a gateway builds it: from the leaves of the `keys` tree and their objects.
struct DirectoryLeafTests {
    @Test func `the replay of leaves and objects is the directory`() async throws {
        let world = try await World.make()
        var replayed = DirectoryView(root: world.exchange.root.certificate)
        for (leaf, object) in world.leaves {
            let read = try AuditLeaf(reading: leaf.bytes, in: .keys)
            let change = try required(try DirectoryChange(leaf: read, object: object))
            try replayed.apply(change, at: read.at)
        }
        #expect(replayed.members.map(\.memberID) == world.directory.members.map(\.memberID))
        #expect(replayed.exchange == world.exchange.id)
        for place in World.Place.allCases {
            let member = world.member(place)
            let summary = try required(replayed.member(member.id))
            #expect(summary.certificates.map(\.certificate) == member.certificates)
            #expect(summary.entry?.content == member.entry.content)
        }
    }

    @Test func `an object that is missing, or another, makes no change`() async throws {
        let world = try await World.make()
        for (leaf, object) in world.leaves {
            #expect(throws: LeafRefusal.objectMissing) {
                try DirectoryChange(leaf: leaf, object: nil)
            }
            #expect(throws: LeafRefusal.hashDiffers) {
                try DirectoryChange(leaf: leaf, object: object + [0])
            }
        }
    }

    @Test func `a leaf names the member and the kind of its object`() async throws {
        let world = try await World.make()
        let clinic = world.member(.clinic)
        let hospital = world.member(.hospital)
        let entry = try await clinic.signer.sign(clinic.entry, at: world.start)
        let cases: [(AuditEvent, PartyID?, LeafRefusal)] = [
            (.directoryChanged, PartyID(hospital.id), .otherMember),
            (.directoryChanged, nil, .otherMember),
            (.membershipChanged, PartyID(clinic.id), .statement(.otherType)),
        ]
        for (event, peer, refusal) in cases {
            let leaf = try leaf(event, .statement(entry.sha256), entry.sha256, peer, world)
            #expect(throws: refusal) { try DirectoryChange(leaf: leaf, object: entry.bytes) }
        }
    }

    @Test func `an object that is no certificate, list or statement is refused`() async throws {
        let world = try await World.make()
        let junk: [UInt8] = [0x30, 0x00]
        let sha256 = SHA256.hash(junk)
        let keyID = world.member(.clinic).signing.certificate.keyID
        let objects: [(AuditEvent, AuditObject)] = [
            (.authorityAdded, .certificate(keyID, sha256: sha256)),
            (.certificateIssued, .certificate(keyID, sha256: sha256)),
            (.listPublished, .list(issuer: keyID, number: 1, sha256: sha256)),
            (.policyChanged, .statement(sha256)),
        ]
        for (event, object) in objects {
            let leaf = try leaf(event, object, sha256, nil, world)
            #expect(throws: LeafRefusal.self) { try DirectoryChange(leaf: leaf, object: junk) }
        }
    }

    @Test func `leaves about the tree itself change nothing`() async throws {
        let world = try await World.make()
        let leaf = try leaf(.treeOpened, .tree(world.exchange.keysOrigin), nil, nil, world)
        #expect(try DirectoryChange(leaf: leaf, object: nil) == nil)
    }

    @Test func `a directory takes a leaf that reads, and says why it takes no other`()
        async throws
    {
        let world = try await World.make()
        let certificate = world.member(.clinic).signing.certificate
        let object = AuditObject.certificate(certificate.keyID, sha256: certificate.sha256)
        let leaf = try leaf(.certificateIssued, object, certificate.sha256, nil, world)
        var view = DirectoryView(root: world.exchange.root.certificate)
        #expect(throws: LeafRefusal.directory(.wrongSubject)) {
            try view.apply(leaf: leaf.bytes, object: certificate.der)
        }
        #expect {
            try view.apply(leaf: Array(leaf.bytes.dropLast()), object: certificate.der)
        } throws: {
            if case LeafRefusal.unreadable = $0 { true } else { false }
        }
        #expect(throws: LeafRefusal.objectMissing) {
            try view.apply(leaf: leaf.bytes, object: nil)
        }
        let clinic = PartyID(world.member(.clinic).id)
        #expect(view.certificates(of: clinic, role: .memberSigning) == [])
    }

    @Test(arguments: [
        LeafRefusal.objectMissing, .hashDiffers, .otherMember, .certificate(.notInProfile),
        .statement(.badSignature), .directory(.wrongSubject),
    ])
    func `every refusal says what happened and what to do`(refusal: LeafRefusal) {
        #expect(!refusal.code.isEmpty && !refusal.summary.isEmpty && !refusal.advice.isEmpty)
        #expect(refusal.isTemporary == (refusal == .objectMissing))
    }

    private func leaf(
        _ event: AuditEvent,
        _ object: AuditObject,
        _ statement: Digest?,
        _ peer: PartyID?,
        _ world: World
    ) throws -> AuditLeaf {
        let agent = Agent(
            .operator,
            name: "registrar",
            role: try required(RoleCode("operator")),
            assurance: .twoFactor
        )
        let isOfSystem = event == .listPublished || event == .treeOpened
        var facts = AuditFacts(
            event,
            by: isOfSystem ? .system : agent,
            for: PartyID(world.exchange.id),
            on: object,
            at: world.start
        )
        facts.peer = peer
        facts.statementSha256 = statement
        let random = SeededRandom(seed: 2)
        let key = DataKey(reference: 1, secret: SecretBytes.random(32), random: random)
        return AuditEntry(facts, in: .keys, random: random)
            .sealed(origin: world.exchange.keysOrigin, by: key)
            .leaf(
                at: world.start,
                source: AuditSource(
                    node: try required(NodeName("test")),
                    productVersion: try required(ProductVersion("1.0"))
                )
            )
    }
}
