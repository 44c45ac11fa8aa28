import Cryptography
import Delivery
import Directory
import Envelope
import Primitives
import Sheets
import TestKit
import Testing

/// A message goes from one gateway to the other.
struct OpeningTests {
    @Test func `a sheet arrives as it was sent`() async throws {
        let messages = try Messages(try await World.make())
        let sheet = try messages.sheet()
        let message = try await messages.message(sheet)
        let verified = try await messages.open(message.bytes)
        #expect(verified.sheet.bytes == sheet.bytes)
        #expect(verified.contentSha256 == message.contentSha256)
        #expect(verified.content == message.content)
        #expect(verified.arrival.key == message.routing.key)
        #expect(verified.checks.revocationFreshness == .fresh)
    }
}
