import Audit
import Cryptography
import Directory
import Primitives
import TestKit
import Testing

@testable import Delivery

/// Whether a receipt's promise was kept.
struct ReceiptProofTests {
    @Test func `leaf and proof show that the promise was kept`() async throws {
        let made = try await Made.make()
        let checkpoint = try made.proof.verify(made.receipt, in: made.journey.world.directory)
        #expect(checkpoint.origin == made.receipt.head.logOrigin)
        #expect(checkpoint.head.size == 3)
    }

    @Test func `a leaf of another statement proves nothing`() async throws {
        let made = try await Made.make()
        let other = try await made.journey.accepted()
        #expect(throws: AuditRefusal.otherStatement) {
            try made.proof.verify(
                other,
                promisedIn: made.receipt.head.logOrigin,
                key: made.journey.hospital.logPublicKey
            )
        }
    }

    @Test func `another tree or key proves nothing`() async throws {
        let made = try await Made.make()
        let statement = made.receipt.statement
        let clinic = made.journey.world.member(.clinic)
        #expect(throws: AuditRefusal.wrongOrigin) {
            try made.proof.verify(
                statement,
                promisedIn: clinic.logOrigin,
                key: made.journey.hospital.logPublicKey
            )
        }
        #expect(throws: AuditRefusal.self) {
            try made.proof.verify(
                statement,
                promisedIn: made.receipt.head.logOrigin,
                key: clinic.logPublicKey
            )
        }
        let empty = DirectoryView(root: made.journey.world.exchange.root.certificate)
        #expect(throws: AuditRefusal.unknownKey) {
            try made.proof.verify(made.receipt, in: empty)
        }
    }

    @Test func `a changed leaf or proof proves nothing`() async throws {
        let made = try await Made.make()
        let directory = made.journey.world.directory
        for index in made.proof.leaf.indices {
            var leaf = made.proof.leaf
            leaf[index] ^= 1
            let proof = ReceiptProof(leaf: leaf, tlogProof: made.proof.tlogProof)
            #expect(throws: AuditRefusal.self) { try proof.verify(made.receipt, in: directory) }
        }
        for index in made.proof.tlogProof.indices {
            var bytes = made.proof.tlogProof
            bytes[index] ^= 1
            let proof = ReceiptProof(leaf: made.proof.leaf, tlogProof: bytes)
            #expect(throws: AuditRefusal.self) { try proof.verify(made.receipt, in: directory) }
        }
    }

    @Test func `log keys are those of membership and policy`() async throws {
        let world = try await World.make()
        let directory = world.directory
        #expect(
            directory.logKey(of: world.member(.clinic).logOrigin)
                == world.member(.clinic).logPublicKey
        )
        for origin in [world.exchange.keysOrigin, world.exchange.transportOrigin] {
            #expect(directory.logKey(of: origin) == world.exchange.logPublicKey)
        }
        let later = TreeOrigin.keys(world.exchange.host, fiscalYear: 2031)
        #expect(directory.logKey(of: later) == nil)
    }

    @Test func `proofs travel sealed, in as many bundles as the limit demands`() async throws {
        let made = try await Made.make()
        let office = made.journey.office
        let proved = ProvedStatement(made.receipt.statement.sha256, made.proof)
        let size = proved.json.canonicalBytes.count
        let count = Limits.sealedProofsBytes / size + 1
        let issuer = PartyID(made.journey.hospital.id)
        let many = [ProvedStatement](repeating: proved, count: count)
        #expect(ProofsBundle.bundles([], of: issuer).isEmpty)
        #expect(ProofsBundle.bundles([proved], of: issuer).count == 1)
        let bundles = ProofsBundle.bundles(many, of: issuer)
        #expect(bundles.count == 2)
        var opened: [ProvedStatement] = []
        for bundle in bundles {
            let sealed = try bundle.sealed(to: office.encryption.certificate)
            #expect(sealed.count <= Limits.sealedProofsBytes)
            let read = try await ProofsBundle.open(
                sealed,
                with: office.encryption.key,
                in: office.store
            )
            #expect(read.issuer == issuer)
            opened += read.proofs
        }
        #expect(opened == many)
    }

    /// A delivered receipt whose leaf is the second of three in the hospital's tree.
    private struct Made {
        let journey: Journey
        let receipt: Receipt
        let proof: ReceiptProof

        static func make() async throws -> Made {
            let journey = try await Journey.make()
            let hospital = journey.hospital
            let accepted = try await journey.accepted()
            let delivered = try await journey.delivered(after: accepted)
            let receipt = try journey.chain(accepted).verify(
                delivered,
                in: journey.world.directory
            )
            var tree = MerkleTree()
            tree.append(leaf: [1])
            let leaf = try leaf(of: delivered, journey)
            tree.append(leaf: leaf.bytes)
            tree.append(leaf: [3])
            let signer = try CheckpointSigner(store: hospital.store, key: hospital.logKey)
            let proof = TlogProof(
                index: 1,
                hashes: tree.inclusion(index: 1, size: 3),
                checkpoint: try await signer.checkpoint(hospital.logOrigin, tree.head)
            )
            return Made(
                journey: journey,
                receipt: receipt,
                proof: ReceiptProof(leaf: leaf.bytes, tlogProof: proof.bytes)
            )
        }

        private static func leaf(
            of statement: SignedStatement,
            _ journey: Journey
        ) throws -> AuditLeaf {
            let hospital = journey.hospital
            var facts = AuditFacts(
                .messageDelivered,
                by: .member,
                for: PartyID(hospital.id),
                on: .message(journey.submission.key.messageID),
                at: journey.world.start
            )
            facts.peer = PartyID(journey.office.id)
            facts.statementSha256 = statement.sha256
            let random = SeededRandom(seed: 3)
            let key = DataKey(reference: 1, secret: SecretBytes.random(32), random: random)
            return AuditEntry(facts, in: .access, random: random)
                .sealed(origin: hospital.logOrigin, by: key)
                .leaf(
                    at: journey.world.start,
                    source: AuditSource(
                        node: try required(NodeName("test")),
                        productVersion: try required(ProductVersion("1.0"))
                    )
                )
        }
    }
}
