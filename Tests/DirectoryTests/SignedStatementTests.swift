import Cryptography
import Primitives
import TestKit
import Testing

@testable import Directory

/// A statement as bytes: its form, its signer, its signature.
struct SignedStatementTests {
    @Test func `a signed statement reads back, names its signer and verifies`() async throws {
        let world = try await World.make()
        let hospital = world.member(.hospital)
        let made = try await hospital.signer.sign(hospital.entry, at: world.start)
        let read = try SignedStatement(reading: made.bytes)
        #expect(read == made)
        #expect(read.sha256 == SHA256.hash(made.bytes))
        #expect(read.type == .directoryEntry)
        #expect(read.issuer == PartyID(hospital.id))
        #expect(try read.body(as: DirectoryEntry.self).content == hospital.entry.content)
        let signer = try world.directory.verify(read, at: world.start)
        #expect(signer == hospital.signing.certificate)
    }

    @Test func `another kind is not given out as this one`() async throws {
        let world = try await World.make()
        let clinic = world.member(.clinic)
        let made = try await clinic.signer.sign(clinic.entry, at: world.start)
        #expect(throws: StatementRefusal.otherType) { try made.body(as: Policy.self) }
    }

    @Test func `a binding is refused, since a sheet must not pass for a statement`() async throws {
        let world = try await World.make()
        let clinic = world.member(.clinic)
        let bytes = try await signed(clinic.entry.content, by: clinic, SHA256.hash([1]))
        #expect(throws: StatementRefusal.malformed(DecodingRefusal(.badForm, at: "renkei-binding")))
        {
            try SignedStatement(reading: bytes)
        }
    }

    @Test(arguments: [
        (#"{"issuer":"ISSUER","type":"policy","version":1} "#, DecodingRefusal.Reason.notCanonical),
        (#"{"version":1,"issuer":"ISSUER","type":"policy"}"#, .notCanonical),
        (#"{"issuer":"ISSUER","type":"policy","version":2}"#, .badVersion),
        (#"{"issuer":"ISSUER","type":"policy"}"#, .missingMember),
        (#"{"type":"policy","version":1}"#, .missingMember),
        (#"{"issuer":"nobody","type":"policy","version":1}"#, .badForm),
        (#"{"issuer":"ISSUER","issuer":"ISSUER","type":"policy","version":1}"#, .duplicateMember),
        ("[]", .wrongType), ("", .badSyntax),
    ])
    func `content out of form is malformed`(
        content: String,
        reason: DecodingRefusal.Reason
    ) async throws {
        let world = try await World.make()
        let clinic = world.member(.clinic)
        let parts = content.split(separator: "ISSUER", omittingEmptySubsequences: false)
        let bytes = try await signed(parts.joined(separator: clinic.id.text).bytes, by: clinic)
        do throws(StatementRefusal) {
            _ = try SignedStatement(reading: bytes)
            Issue.record("it was read")
        } catch {
            guard case .malformed(let refusal) = error else {
                Issue.record("refused as \(error)")
                return
            }
            #expect(refusal.reason == reason)
        }
    }

    @Test func `a later kind of statement is told apart from a broken one`() async throws {
        let world = try await World.make()
        let clinic = world.member(.clinic)
        let json: JSON = ["type": "batch", "version": 1, "issuer": .string(clinic.id.text)]
        let bytes = try await signed(json.canonicalBytes, by: clinic)
        #expect(throws: StatementRefusal.unknownType) { try SignedStatement(reading: bytes) }
    }

    @Test func `a statement has at most 64 KiB`() async throws {
        let world = try await World.make()
        let clinic = world.member(.clinic)
        func statement(_ count: Int) async throws -> [UInt8] {
            var entry = clinic.entry
            entry.attachmentKinds = [String(repeating: "a", count: count)]
            return try await signed(entry.content, by: clinic)
        }
        let room = Limits.statementBytes - (try await statement(40_000)).count
        // A signature is two numbers whose length varies by a few bytes.
        let fits = try await statement(40_000 + room - 16)
        #expect(try SignedStatement(reading: fits).type == .directoryEntry)
        let tooLarge = try await statement(40_000 + room + 16)
        #expect(throws: StatementRefusal.tooLarge) { try SignedStatement(reading: tooLarge) }
    }

    /// Every seventh byte here; the vectors of the envelope change every one.
    @Test(arguments: [0, 3]) func `no byte can be changed`(first: Int) async throws {
        let world = try await World.make()
        let clinic = world.member(.clinic)
        let made = try await clinic.signer.sign(clinic.entry, at: world.start)
        for index in stride(from: first, to: made.bytes.count, by: 7) {
            var bytes = made.bytes
            bytes[index] ^= 1
            #expect(throws: StatementRefusal.self, "byte \(index)") {
                try world.directory.verify(SignedStatement(reading: bytes), at: world.start)
            }
        }
    }

    @Test func `nobody speaks in a role or a name that is not his`() async throws {
        let world = try await World.make()
        let clinic = world.member(.clinic)
        let hospital = world.member(.hospital)
        let exchange = world.exchange
        let forgeries: [(String, [UInt8], WorldMember)] = [
            ("another member's entry", hospital.entry.content, clinic),
            ("a member as registrar", exchange.membership(of: clinic).content, clinic),
            ("a member as exchange", exchange.policy.content, clinic),
        ]
        for (name, content, signer) in forgeries {
            let bytes = try await signed(content, by: signer)
            #expect(throws: StatementRefusal.wrongSigner, "\(name)") {
                try world.directory.verify(SignedStatement(reading: bytes), at: world.start)
            }
        }
    }

    @Test func `the key of receipts does not make policy, nor the registrar receipts`() async throws
    {
        let world = try await World.make()
        let exchange = world.exchange
        let policy = try await exchange.receipts.sign(exchange.policy, at: world.start)
        #expect(throws: StatementRefusal.wrongSigner) {
            try world.directory.verify(policy, at: world.start)
        }
        for type in StatementType.allCases {
            let isOfBoth =
                type.roles.contains(.exchangeReceipt)
                && type.roles.contains(.exchangeRegistrar)
            #expect(!isOfBoth && !type.roles.contains(.memberEncryption))
            #expect(!type.roles.contains(.memberTransport) && !type.roles.isEmpty)
        }
    }

    @Test func `a certificate that the directory does not know signs nothing`() async throws {
        let world = try await World.make()
        let other = try await World.make(seed: 2)
        let stranger = other.member(.clinic)
        let made = try await stranger.signer.sign(stranger.entry, at: world.start)
        #expect(throws: StatementRefusal.wrongSigner) {
            try world.directory.verify(made, at: world.start)
        }
    }

    @Test(arguments: StatementRefusal.all)
    func `every refusal says what happened and what to do`(refusal: StatementRefusal) {
        #expect(!refusal.code.isEmpty && !refusal.summary.isEmpty && !refusal.advice.isEmpty)
        #expect(refusal.isTemporary == (refusal == .outOfOrder || refusal == .listMissing))
    }

    private func signed(
        _ content: [UInt8],
        by member: WorldMember,
        _ binding: Digest? = nil
    ) async throws -> [UInt8] {
        try await SignedData.make(
            content: content,
            binding: binding,
            identity: member.signer.identity,
            at: SimulatedTime.start
        ) { (digest) async throws(KeyStoreError) in
            try await member.store.sign(member.signing.key, digest: digest)
        }.der
    }
}

extension StatementRefusal {
    static let all: [StatementRefusal] = [
        .tooLarge, .malformed(DecodingRefusal(.badForm)), .unknownType, .otherType, .wrongSigner,
        .badSignature, .untrusted, .certificateExpired, .revoked, .listMissing, .hashDiffers,
        .outOfOrder,
    ]
}
