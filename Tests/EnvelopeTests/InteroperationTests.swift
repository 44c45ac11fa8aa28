import Cryptography
import Delivery
import Directory
import Envelope
import Foundation
import Primitives
import Sheets
import TestKit
import Testing

/// The commands of the format's own page, in both directions.
struct MessageInteroperationTests {
    @Test func `stock tools open a message and list its parts`() async throws {
        let smithy = try await Smithy.make()
        let messages = smithy.messages
        let message = try await messages.message(try messages.sheet())
        let folder = try TemporaryFolder()
        try folder.write("sealed.der", message.envelope.bytes)
        try folder.write("key.pem", try required(smithy.vectorWorld.keys[.clinic]))
        try folder.write("root.pem", messages.world.exchange.root.certificate.pem.bytes)
        let list = try OpenSSL.program(
            "/bin/bash",
            [
                "-euo", "pipefail", "-c",
                """
                openssl cms -decrypt -binary -inform DER -in sealed.der -inkey key.pem \
                | openssl cms -verify -binary -cades -inform DER -CAfile root.pem \
                -attime \(messages.world.start.seconds) | tar tf -
                """,
            ],
            in: folder.url
        )
        #expect(
            String(decoding: list, as: UTF8.self) == "manifest.json\nrouting.json\nsheet.json\n"
        )
    }

    @Test func `a message with layer 3 and submission by openssl is opened`() async throws {
        let messages = try Messages(try await World.make())
        let office = messages.world.member(.careOffice)
        let clinic = messages.world.member(.clinic).encryption.certificate
        let folder = try TemporaryFolder()
        let arguments = [
            "cms", "-sign", "-binary", "-nodetach", "-cades", "-nosmimecap", "-md", "sha256",
            "-signer", try folder.write("sign.pem", office.signing.certificate.pem.bytes),
            "-inkey", try folder.write("sign.key", try office.store.pem(office.signing.key)),
            "-certfile", try folder.write("ca.pem", office.signer.identity.issuing.pem.bytes),
            "-outform", "DER",
        ]
        var forge = try Forge(messages)
        forge.seal = { try OpenSSL.seal($0, to: [clinic]) }
        forge.submission = { ours in
            let statement = try SignedData(reading: ours, limit: Limits.statementBytes)
            let input = try folder.write("submission.json", statement.content)
            return try OpenSSL.run(arguments + ["-in", input])
        }
        let forged = try await forge.make()
        let verified = try await messages.open(forged.bytes)
        #expect(verified.sheet.bytes == forge.sheet.canonicalBytes)
    }

    @Test func `layer 2 by openssl lacks the binding and is malformed`() async throws {
        let messages = try Messages(try await World.make())
        let office = messages.world.member(.careOffice)
        let folder = try TemporaryFolder()
        let arguments = [
            "cms", "-sign", "-binary", "-nodetach", "-cades", "-nosmimecap", "-md", "sha256",
            "-signer", try folder.write("sign.pem", office.signing.certificate.pem.bytes),
            "-inkey", try folder.write("sign.key", try office.store.pem(office.signing.key)),
            "-certfile", try folder.write("ca.pem", office.signer.identity.issuing.pem.bytes),
            "-outform", "DER",
        ]
        var forge = try Forge(messages)
        forge.content = { ours in
            let content = try SignedData(reading: ours, limit: Limits.sealedBytes).content
            return try OpenSSL.run(arguments + ["-in", try folder.write("content.tar", content)])
        }
        let forged = try await forge.make()
        await #expect(
            throws: OpenRefusal.refused(.malformed, step: 9, detail: "renkei-binding")
        ) { _ = try await messages.open(forged.bytes) }
    }
}
