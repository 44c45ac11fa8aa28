import Envelope
import Primitives
import Sheets
import TestKit
import Testing

/// The forge itself makes good messages as long as nothing is replaced.
struct ForgeTests {
    @Test func `what the forge makes is opened`() async throws {
        var forge = try Forge(try Messages(try await World.make()))
        let forged = try await forge.make()
        let verified = try await forge.messages.open(forged.bytes)
        #expect(verified.sheet.bytes == forge.sheet.canonicalBytes)
        forge.messageSeed += 1
        #expect(try await forge.make().routing != forged.routing)
    }
}
