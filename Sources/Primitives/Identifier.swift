/// The form of one kind of identifier.
package protocol IdentifierForm: Sendable {
    static func accepts(_ text: String) -> Bool
}

/// A name that was checked once; `String` is never an identity.
///
/// Forms: `envelope.md` 1.
package struct Identifier<Form: IdentifierForm>: Hashable, Comparable, Sendable,
    CustomStringConvertible
{
    package let text: String

    /// - Returns: nil unless `text` has the form.
    package init?(_ text: String) {
        guard text.utf8.count <= 64, Form.accepts(text) else { return nil }
        self.text = text
    }

    package var description: String { text }

    package static func < (left: Self, right: Self) -> Bool {
        // All forms are ASCII, where the order of texts is that of their bytes.
        left.text < right.text
    }
}

/// A member organisation: `m` and 26 base32 characters of 128 random bits.
package enum Organisation: IdentifierForm {
    package static func accepts(_ text: String) -> Bool { isParty(text, initial: "m") }
}

/// An exchange: `x` and 26 base32 characters.
package enum ExchangePlace: IdentifierForm {
    package static func accepts(_ text: String) -> Bool { isParty(text, initial: "x") }
}

/// Whoever may issue a statement: a member or an exchange.
package enum Party: IdentifierForm {
    package static func accepts(_ text: String) -> Bool {
        isParty(text, initial: "m") || isParty(text, initial: "x")
    }
}

/// A message: UUIDv7 in lower case, made by the sender.
package enum Message: IdentifierForm {
    package static func accepts(_ text: String) -> Bool {
        UUIDText.isForm(text) && text.utf8.dropFirst(14).first == UInt8(ascii: "7")
    }
}

/// Any UUID in lower case: threads (案件), sheets, consent records, accounts.
package enum Universal: IdentifierForm {
    package static func accepts(_ text: String) -> Bool { UUIDText.isForm(text) }
}

/// A public key: 40 hexadecimal digits (RFC 7093 method 1).
package enum KeyName: IdentifierForm {
    package static func accepts(_ text: String) -> Bool {
        text.utf8.count == 40 && Hex.decode(text) != nil
    }
}

/// A desk (窓口) of a member, `^[a-z0-9-]{1,32}$`.
package enum Desk: IdentifierForm {
    package static func accepts(_ text: String) -> Bool { isSlug(text, length: 1...32) }
}

/// A sheet type as the catalogue names it, `^[a-z][A-Za-z0-9]{0,47}$`.
package enum SheetKind: IdentifierForm {
    package static func accepts(_ text: String) -> Bool {
        guard let first = text.utf8.first, (1...48).contains(text.utf8.count) else { return false }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
            && text.utf8.allSatisfy(isAlphanumeric)
    }
}

package typealias MemberID = Identifier<Organisation>
package typealias ExchangeID = Identifier<ExchangePlace>
package typealias PartyID = Identifier<Party>
package typealias MessageID = Identifier<Message>
package typealias ThreadID = Identifier<Universal>
package typealias SheetID = Identifier<Universal>
package typealias ConsentRecordID = Identifier<Universal>
/// Work on a machine, from its approval to its end.
package typealias MaintenanceID = Identifier<Universal>
package typealias AccountID = Identifier<Universal>
package typealias KeyID = Identifier<KeyName>
package typealias DeskID = Identifier<Desk>
package typealias SheetType = Identifier<SheetKind>

extension Identifier where Form == Party {
    package init(_ member: MemberID) { text = member.text }
    package init(_ exchange: ExchangeID) { text = exchange.text }

    package var member: MemberID? { MemberID(text) }
    package var exchange: ExchangeID? { ExchangeID(text) }
}

extension Identifier where Form == Organisation {
    /// A new member id of 128 random bits.
    package static func make(_ random: some RandomSource) -> MemberID {
        Identifier(trusted: "m" + Base32.encode(random.bytes(16)))
    }
}

extension Identifier where Form == ExchangePlace {
    /// A new exchange id of 128 random bits.
    package static func make(_ random: some RandomSource) -> ExchangeID {
        Identifier(trusted: "x" + Base32.encode(random.bytes(16)))
    }
}

extension Identifier where Form == Message {
    /// A new UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, 74 random bits.
    package static func make(at time: Timestamp, _ random: some RandomSource) -> MessageID {
        var bytes = random.bytes(16)
        for index in 0..<6 {
            bytes[index] = UInt8(truncatingIfNeeded: time.milliseconds >> Int64(40 - 8 * index))
        }
        return Identifier(trusted: UUIDText.text(bytes, version: 7))
    }
}

extension Identifier where Form == Universal {
    /// A new random UUID (version 4).
    package static func make(_ random: some RandomSource) -> Identifier {
        Identifier(trusted: UUIDText.text(random.bytes(16), version: 4))
    }
}

extension Identifier {
    private init(trusted text: String) { self.text = text }
}

private enum UUIDText {
    static func isForm(_ text: String) -> Bool {
        guard text.utf8.count == 36 else { return false }
        for (index, byte) in text.utf8.enumerated() {
            let isDash = index == 8 || index == 13 || index == 18 || index == 23
            guard isDash ? byte == UInt8(ascii: "-") : isHexDigit(byte) else { return false }
        }
        return true
    }

    static func text(_ random: [UInt8], version: UInt8) -> String {
        var bytes = random
        bytes[6] = bytes[6] & 0x0F | version << 4
        bytes[8] = bytes[8] & 0x3F | 0x80
        let groups = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16]
        return groups.map { Hex.encode(bytes[$0]) }.joined(separator: "-")
    }
}

private func isParty(_ text: String, initial: Unicode.Scalar) -> Bool {
    // 26 characters hold 130 bits, so the last one carries two zero bits: one text for one value.
    text.utf8.count == 27 && text.utf8.first == UInt8(ascii: initial)
        && Base32.isAlphabet(text.utf8.dropFirst())
        && "aeimquy4".utf8.contains(text.utf8.last ?? 0)
}

private func isSlug(_ text: String, length: ClosedRange<Int>) -> Bool {
    length.contains(text.utf8.count)
        && text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
}

private func isHexDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
}
