import Cryptography
package import Primitives

/// What two members read to each other over the telephone: the same digits at both ends, from both
/// members' names and keys. One reads the first half, the other the second.
///
/// Source: `keys-and-directory.md` 7.
package struct Fingerprint: Hashable, Sendable {
    /// Eight groups of four digits; each is a slice of 13 bits, 0000 to 8191.
    package let groups: [String]

    /// - Returns: nil where one of them has no signing or no encryption key.
    package init?(of one: MemberID, and other: MemberID, in view: DirectoryView) {
        let pair = [one, other].sorted()
        var bytes = "renkei-fingerprint-v1".bytes + [0]
        for member in pair {
            bytes += member.text.bytes
            for role in [CertificateRole.memberSigning, .memberEncryption] {
                guard let key = view.newestKey(of: member, role) else { return nil }
                bytes += key.text.bytes
            }
        }
        let hash = SHA256.hash(bytes).bytes
        groups = (0..<8).map { index in
            let slice = (0..<13).reduce(0) { value, offset in
                let bit = index * 13 + offset
                return value << 1 | Int(hash[bit / 8] >> (7 - UInt8(bit % 8)) & 1)
            }
            return Decimal.text(slice, width: 4)
        }
    }

    package var text: String { groups.joined(separator: " ") }
}

extension DirectoryView {
    /// The member's newest key of a role that is not held, compared here or not.
    fileprivate func newestKey(of member: MemberID, _ role: CertificateRole) -> KeyID? {
        entries(of: PartyID(member)).last {
            $0.certificate.role == role && $0.standing != .held
        }?.certificate.keyID
    }
}
