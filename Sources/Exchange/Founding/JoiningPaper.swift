package import Primitives

/// What the operator gives an office: the one-time code (100 bits), and by what the gateway knows
/// the exchange. The code is on this paper and nowhere else.
package struct JoiningPaper: Sendable {
    package let member: MemberID
    /// 20 base32 characters in 5 groups; nil for a member on paper, which has nothing to join with.
    package let code: String?
    package let validUntil: Timestamp
    package let rootSha256: Digest

    static func code(_ random: some RandomSource) -> String {
        let letters = Array(Base32.encode(random.bytes(13)).prefix(20))
        return stride(from: 0, to: letters.count, by: 4)
            .map { String(letters[$0..<$0 + 4]) }
            .joined(separator: "-")
    }
}
