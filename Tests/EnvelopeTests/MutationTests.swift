import Cryptography
import Delivery
import Directory
import Primitives
import TestKit
import Testing

@testable import Envelope

/// No changed byte of a message is taken for the message.
struct MutationTests {
    @Test func `no mutation of what travels outside is believed`() async throws {
        let messages = try Messages(try await World.make())
        let forged = try await Forge.small(messages).make()
        let directory = messages.world.directory
        func isBelieved(_ bytes: Arrival.Bytes) -> Bool {
            do throws(OpenRefusal) {
                _ = try Arrival(bytes, directory: directory)
                return true
            } catch { return false }
        }
        #expect(isBelieved(forged.bytes))
        // Of submission and sealed bytes the receipt names the hash, so a few offsets say it all.
        let counts = [
            await Mutations.run(over: forged.submission, every: 7) { bytes in
                var mutated = forged
                mutated.submission = bytes
                return isBelieved(mutated.bytes)
            },
            await Mutations.run(over: forged.accepted) { bytes in
                var mutated = forged
                mutated.accepted = bytes
                return isBelieved(mutated.bytes)
            },
            await Mutations.run(over: forged.sealed, every: 7) { bytes in
                var mutated = forged
                mutated.sealed = bytes
                return isBelieved(mutated.bytes)
            },
        ]
        for count in counts { #expect(count.accepted.isEmpty, "\(count)") }
        for index in forged.routing.indices {
            var mutated = forged
            mutated.routing[index] ^= 1
            #expect(!isBelieved(mutated.bytes))
        }
        print("outside:", counts)
    }

    /// As if the sender had submitted the mutated bytes: steps 6 to 9 alone stand against them.
    @Test func `no mutation of layer 3 is opened`() async throws {
        let messages = try Messages(try await World.make())
        let forged = try await Forge(messages).make()
        let clinic = messages.world.member(.clinic)
        let count = await Mutations.run(over: forged.sealed) { bytes in
            do throws(OpenRefusal) {
                let sealed = try OpenedEnvelope.read(bytes)
                _ = try await OpenedEnvelope.open(
                    sealed,
                    with: clinic.encryption.key,
                    in: clinic.store
                )
                // The name of the key is not under the tag; steps 7 and 14 look at it.
                return sealed.recipientKeyIDs == [clinic.encryption.certificate.keyID]
            } catch { return false }
        }
        #expect(count.accepted.isEmpty, "\(count.accepted.prefix(5))")
        #expect(count.tried > 2 * forged.sealed.count)
        print("layer 3:", count)
    }

    /// As if it had been sealed so: steps 9 to 17 alone stand against it.
    @Test func `no mutation of layer 2 is verified`() async throws {
        let messages = try Messages(try await World.make())
        let forged = try await Forge(messages).make()
        let arrival = try Arrival(forged.bytes, directory: messages.world.directory)
        let keyID = messages.world.member(.clinic).encryption.certificate.keyID
        let context = messages.context()
        func isVerified(_ bytes: [UInt8]) async -> Bool {
            guard let content = try? SignedData(reading: bytes, limit: Limits.sealedBytes) else {
                return false
            }
            let opened = OpenedEnvelope(
                arrival: arrival,
                content: content,
                keyID: keyID,
                recipientKeyIDs: [keyID]
            )
            do throws(OpenRefusal) {
                let checked = try await opened.checked(context)
                _ = try await checked.verify(try checked.check([]))
                return true
            } catch { return false }
        }
        #expect(await isVerified(forged.content))
        let count = await Mutations.run(over: forged.content, isVerified)
        #expect(count.accepted.isEmpty, "\(count.accepted.prefix(5))")
        print("layer 2:", count)
    }
}
