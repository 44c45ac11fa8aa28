import Audit
import Cryptography
import Delivery
import ExchangeAPI
import Primitives
import Storage
import TestKit
import Testing

@testable import Exchange

/// What must not be on the exchange's disk is not there.
struct BlindnessTests {
    @Test func `no plain text, no name and no code is in any file`() async throws {
        let folder = try TemporaryFolder()
        let exchange = try await folder.exchange()
        let paper = try await exchange.paper(for: try WorldMember.profile(of: .clinic))
        let office = try await exchange.join(.careOffice)
        let hospital = try await exchange.join(.hospital)
        let marker = "目印 山田花子 4B7F"
        let message = try await office.message(to: [hospital], content: marker)
        let accepted = try await office.send(message)
        _ = try await hospital.fetch(message.key)
        let disclosure = try AuthEnvelopedData.seal(
            (marker + " 看護師").bytes,
            to: [office.encryption.certificate]
        )
        let delivered = try await hospital.delivered(message, after: accepted)
        let opened = try await hospital.opened(
            message.key,
            after: delivered,
            disclosure: disclosure
        )
        let results = try await hospital.service.acknowledge([delivered, opened])
        #expect(results.map(\.status) == [201, 201])

        // The search finds what the exchange does keep.
        #expect(!(try folder.holding(message.key.messageID.text.bytes).isEmpty))
        #expect(try folder.holding(marker.bytes).isEmpty)
        #expect(try folder.holding("看護師".bytes).isEmpty)
        let code = try #require(paper.code)
        let keys = JoiningKeys(code: code, member: paper.member)
        let letters = code.replacing("-", with: "")
        for secret in [code.bytes, letters.bytes, keys.request, keys.answer] {
            #expect(try folder.holding(secret).isEmpty)
        }
    }

    @Test func `leaves of transport name no member and no message`() async throws {
        let exchange = try await LoopbackExchange.make()
        let office = try await exchange.join(.careOffice)
        let hospital = try await exchange.join(.hospital)
        let message = try await office.message(to: [hospital])
        _ = try await office.send(message)
        _ = try await hospital.fetch(message.key)
        for leaf in try await exchange.leaves(.transport) {
            let text = String(decoding: leaf.bytes, as: UTF8.self)
            for name in [office.id.text, hospital.id.text, message.key.messageID.text] {
                #expect(!text.contains(name))
            }
        }
    }
}
