/// An identifier octet (X.690 §8.1.2). Tags above 30 do not occur in any form read here.
package struct DERTag: Equatable, Sendable {
    package let octet: UInt8

    package init(octet: UInt8) { self.octet = octet }

    package var isConstructed: Bool { octet & 0x20 != 0 }

    package static let boolean = DERTag(octet: 0x01)
    package static let integer = DERTag(octet: 0x02)
    package static let bitString = DERTag(octet: 0x03)
    package static let octetString = DERTag(octet: 0x04)
    package static let objectIdentifier = DERTag(octet: 0x06)
    package static let enumerated = DERTag(octet: 0x0A)
    package static let utf8String = DERTag(octet: 0x0C)
    package static let utcTime = DERTag(octet: 0x17)
    package static let generalizedTime = DERTag(octet: 0x18)
    package static let sequence = DERTag(octet: 0x30)
    package static let set = DERTag(octet: 0x31)

    /// Context-specific `[number]` around other values.
    package static func constructed(_ number: UInt8) -> DERTag { DERTag(octet: 0xA0 | number) }
    /// Context-specific `[number]` in place of a primitive tag.
    package static func primitive(_ number: UInt8) -> DERTag { DERTag(octet: 0x80 | number) }
}
