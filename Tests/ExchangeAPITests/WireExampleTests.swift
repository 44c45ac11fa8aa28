import Cryptography
import Delivery
import Directory
import Foundation
import HTTP
import Primitives
import TestKit
import Testing

@testable import ExchangeAPI

/// The examples of `Schemas/examples.md`, called against a served exchange as they stand there.
struct WireExampleTests {
    @Test func `the examples are what is said and answered`() async throws {
        let file = Fixture.root.appendingPathComponent("Schemas/examples.md")
        let examples = try WireExample.all(in: String(contentsOf: file, encoding: .utf8))
        #expect(examples.count > 30)
        let exchange = try await LoopbackExchange.present()
        try await exchange.served { served in
            let replay = try await Replay(served)
            for example in examples { try await replay.run(example) }
        }
    }

    @Test(arguments: [
        ("a…c", "abc", true), ("a…c", "ac", true), ("…", "", true), ("a…", "b", false),
        ("a…b…c", "a b c", true), ("a…b…c", "acbc", true), ("ab…ba", "aba", false),
        ("abc", "abc", true), ("abc", "abcd", false),
    ])
    func `a pattern fits what it says`(pattern: String, text: String, fits: Bool) {
        #expect(text.isLike(pattern) == fits)
    }
}

private enum Fixture {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}

/// What has been said so far, by name.
private final class Replay {
    private let served: ServedExchange
    private let office: LoopbackMember
    private let hospital: LoopbackMember
    private let clients: [String: Client]
    private var known: [String: [UInt8]] = [:]
    private var values: [String: String]
    private var messages: [Int: LoopbackMessage] = [:]

    private struct Unknown: Error { let name: String }

    init(_ served: ServedExchange) async throws {
        self.served = served
        office = try await served.exchange.join(.careOffice)
        hospital = try await served.exchange.join(.hospital)
        clients = [
            "office": try await served.http(of: office),
            "hospital": try await served.http(of: hospital),
            "stranger": served.strangerHTTP,
        ]
        values = [
            "office": office.id.text, "hospital": hospital.id.text,
            "hospitalKeyId": hospital.encryption.certificate.keyID.text,
            "officeKeyId": office.signing.certificate.keyID.text,
        ]
        known["chunk"] = [UInt8](repeating: 7, count: 5000)
    }

    func run(_ example: WireExample) async throws {
        switch example.content {
        case .call(let call, let hours):
            if hours > 0 {
                served.exchange.time.advance(by: .hours(hours))
                try await served.exchange.tidy()
            }
            try await run(call, example.line)
        case .json(let name, let text):
            let bytes = try await bytes(name)
            // Of a statement, what is signed; else the bytes themselves are JSON.
            let content = (try? SignedStatement(reading: bytes).json.canonicalBytes) ?? bytes
            expect(String(decoding: content, as: UTF8.self), text, example.line)
        }
    }

    private func run(_ call: WireExample.Call, _ line: Int) async throws {
        let (body, type) = try await body(call.body)
        let answer = try await client(call.caller).send(
            try #require(Method(rawValue: call.method)),
            try filled(call.path),
            fields: type.map { [("Content-Type", $0)] } ?? [],
            body: body
        )
        #expect(answer.status == call.status, "line \(line)")
        if let type = call.type { #expect(answer.fields["content-type"] == type, "line \(line)") }
        if call.answer.count == 1, call.answer[0].text.isEmpty {
            try compare([answer.body], call.answer[0].parts, line)
        } else if call.type == Frame.mediaType {
            let frames = try RawFrame.all(in: answer.body)
            #expect(frames.count == call.answer.count, "line \(line): \(frames.map(\.line))")
            for (frame, expected) in zip(frames, call.answer) {
                expect(frame.line, expected.text, line)
                try compare(frame.parts, expected.parts, line)
            }
        } else {
            let text = call.answer.map(\.text).joined(separator: "\n")
            expect(String(decoding: answer.body, as: UTF8.self), text, line)
        }
    }

    private func expect(_ text: String, _ pattern: String, _ line: Int) {
        do {
            let pattern = try filled(pattern)
            #expect(text.isLike(pattern), "line \(line): \(text)")
        } catch { Issue.record("line \(line): \(error)") }
    }

    /// Byte strings get their name where they come up first, and are the same ever after.
    private func compare(_ parts: [[UInt8]], _ names: [String], _ line: Int) throws {
        try #require(parts.count == names.count, "line \(line)")
        for (part, name) in zip(parts, names) where name != "…" {
            if let before = known[name] { #expect(before == part, "line \(line): \(name)") }
            known[name] = part
        }
    }

    private func client(_ caller: String) throws -> Client {
        guard let client = clients[caller] else { throw Unknown(name: caller) }
        return client
    }

    /// The octets of a body, and their type.
    private func body(_ lines: [WireExample.Line]) async throws -> ([UInt8], String?) {
        guard let first = lines.first else { return ([], nil) }
        var body: [UInt8] = []
        for line in lines {
            var parts: [[UInt8]] = []
            for name in line.parts { parts.append(try await bytes(name)) }
            let lengths = parts.map { String($0.count) }.joined(separator: ",")
            let text = try filled(line.text)
                .replacingOccurrences(of: "[…]", with: "[\(lengths)]")
            body += Array((text + (line.text.contains("\"kind\"") ? "\n" : "")).utf8)
            body += parts.joined()
        }
        if first.text.contains("\"kind\"") { return (body, Frame.mediaType) }
        let isJSON = body.first == UInt8(ascii: "{")
        return (body, isJSON ? "application/json" : "application/octet-stream")
    }

    /// `<name>` by its value, `<sha256 name>` by the hash of a byte string.
    private func filled(_ text: String) throws -> String {
        var text = text
        for (name, value) in values {
            text = text.replacingOccurrences(of: "<\(name)>", with: value)
        }
        for (name, bytes) in known {
            text = text.replacingOccurrences(
                of: "<sha256 \(name)>",
                with: SHA256.hash(bytes).hex
            )
        }
        if let open = text.range(of: "<[a-z][^>]*>", options: .regularExpression) {
            throw Unknown(name: String(text[open]))
        }
        return text
    }

    // MARK: What the parties make

    private func bytes(_ name: String) async throws -> [UInt8] {
        if let bytes = known[name] { return bytes }
        let words = name.split(separator: " ")
        let number = words.count == 2 ? Int(words[1]) ?? 0 : 1
        let made = try await make(String(words[0]), of: number)
        known[name] = made
        return made
    }

    private func make(_ what: String, of number: Int) async throws -> [UInt8] {
        switch what {
        case "routing": return try await message(number).routing.bytes
        case "submission": return try await message(number).submission.bytes
        case "sealed": return try await message(number).sealed
        case "delivered":
            let message = try await message(number)
            return try await hospital.delivered(message, after: try accepted(number)).bytes
        case "opened":
            let before = WireStatement(bytes: try await bytes("delivered"), disclosure: nil)
            let opened = try await hospital.opened(message(number).key, after: before)
            known["disclosure"] = opened.disclosure
            return opened.bytes
        case "withdrawal":
            let key = try await message(number).key
            return try await office.withdrawal(key, after: try accepted(number)).bytes
        case "enrolment":
            let profile = try WorldMember.profile(of: .clinic)
            let paper = try await served.exchange.paper(for: profile)
            let keys = MemoryKeyStore(seed: "clinic".bytes)
            let request = try await LoopbackMember.request(paper, keys).request
            values["clinic"] = request.member.text
            return request.json.canonicalBytes
        case "renewals":
            let next = try await office.keyStore.generate(.signing, label: "signing-2")
            let request = try await CertificateRequest.make(for: next, in: office.keyStore)
            let wish = WireCertificateRequest(usage: .signing, request: request.der)
            return JSON.object(["requests": [wish.json]]).canonicalBytes
        case "rotation": return try await rotation().bytes
        default: throw Unknown(name: what)
        }
    }

    /// The office's signing key is followed by the one it has just had certified.
    private func rotation() async throws -> SignedStatement {
        let renewed = try JSON(reading: try await bytes("renewed"))["certificates"]?.array?.first
        let certificate = try Certificate(
            reading: try required(Base64.decode(try required(renewed?.string)))
        )
        let now = served.exchange.time.now
        let rotation = Rotation(
            of: office.id,
            office.signing.certificate.keyID,
            to: certificate,
            .signing,
            times: (now, now.adding(.days(30)))
        )
        let successor = StatementSigner(
            store: office.keyStore,
            key: try required(office.keyStore.handle(labelled: "signing-2")),
            identity: SigningIdentity(certificate: certificate, issuing: office.authority)
        )
        let second = try await successor.sign(rotation, at: now)
        return try await office.signer.sign(rotation.countersigned(by: second), at: now)
    }

    private func accepted(_ number: Int) throws -> SignedStatement {
        let name = number == 1 ? "accepted" : "accepted \(number)"
        guard let bytes = known[name] else { throw Unknown(name: name) }
        return try SignedStatement(reading: bytes)
    }

    private func message(_ number: Int) async throws -> LoopbackMessage {
        if let message = messages[number] { return message }
        let chunk = try required(known["chunk"])
        let offered = OfferedChunk(sealedSha256: SHA256.hash(chunk), sealedLength: chunk.count)
        let message = try await office.message(
            to: [hospital],
            content: "sealed \(number)",
            chunks: number == 1 ? [offered] : []
        )
        messages[number] = message
        values["messageId" + (number == 1 ? "" : " \(number)")] = message.key.messageID.text
        return message
    }
}
