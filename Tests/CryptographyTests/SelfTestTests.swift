import Primitives
import Testing

@testable import Cryptography

struct SelfTestTests {
    @Test func `the library of this machine passes`() throws {
        try SelfTest.run()
    }

    @Test func `every check has a name of its own`() {
        #expect(Set(SelfTest.checks.map(\.name)).count == SelfTest.checks.count)
    }
}

struct ExplanationTests {
    private static let refusal = DERRefusal.notInProfile("mac")
    private static let errors: [CryptographyError] = [
        .cannotOpen, .unsuitableInput, .library("text"), .selfTest("ECDSA"),
    ]
    private static let storeErrors: [KeyStoreError] = [
        .unknownKey, .unsuitableLabel, .labelTaken, .wrongUse, .requestAlreadySigned,
        .wrongUnlockSecret, .damagedKeyFile, .exposedKeyFile, .disk(28),
        .library(.unsuitableInput), .outsideProfile(.notInProfile),
    ]
    private static let certificateRefusals: [CertificateRefusal] = [
        .tooLarge, .malformed(refusal), .notInProfile, .roleMissing,
    ]
    private static let messageRefusals: [CMSRefusal] = [
        .tooLarge, .malformed(refusal), .wrongRecipient, .cannotOpen, .badSignature, .wrongSigner,
        .keyStore(.disk(28)),
    ]
    private static let all: [any Explained] =
        errors + storeErrors + certificateRefusals + messageRefusals

    @Test func `every error says what happened and what to do`() {
        for error in Self.all {
            #expect(!error.summary.isEmpty)
            #expect(!error.advice.isEmpty)
            #expect(error.code.utf8.allSatisfy { (0x30...0x7A).contains($0) }, "\(error.code)")
        }
    }

    @Test func `only faults that may pass are temporary`() {
        let temporary = Self.all.filter(\.isTemporary).map(\.code)
        #expect(temporary == ["cryptographyFailed", "keyFileUnreachable", "keyFileUnreachable"])
    }

    @Test func `the public codes are those of the format`() {
        let codes: [(CMSRefusal, String)] = [
            (.tooLarge, "tooLarge"), (.malformed(Self.refusal), "malformed"),
            (.wrongRecipient, "wrongRecipient"), (.cannotOpen, "undecryptable"),
            (.badSignature, "badSignature"), (.wrongSigner, "wrongSigner"),
        ]
        for (refusal, code) in codes { #expect(refusal.code == code) }
    }
}
