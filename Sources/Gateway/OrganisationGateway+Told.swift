import Consent
import Delivery
import Envelope
package import Primitives
package import Sheets
import Storage

// Withdrawals of consents that this organisation was told of. Only who took a consent can end it:
// a notice counts for sheets of its own sender alone.
extension OrganisationGateway {
    /// What was told of the consent on which a received sheet came.
    package func withdrawals(
        behind sheet: Sheet,
        from peer: MemberID
    ) async throws(GatewayError) -> [WithdrawalNotice] {
        guard let id = sheet.consent.recordID else { return [] }
        return try await notices(of: id, from: peer).notices
    }

    /// All that a peer has told, by consent.
    func withdrawals(
        from peer: MemberID
    ) async throws(GatewayError) -> [ConsentRecordID: [ConsentWithdrawal]] {
        let rows = try await read { stored throws(StoreError) in try stored.records(.withdrawal) }
        var told: [ConsentRecordID: [ConsentWithdrawal]] = [:]
        for row in rows where row.id.text.hasPrefix(peer.text) {
            for notice in try await notices(row) {
                told[notice.consent, default: []].append(notice.withdrawal)
            }
        }
        return told
    }

    /// What a sheet that is taken in does to what is here: the sheet it answers is 返信あり, and what
    /// a notice tells is kept.
    func consequence(of verified: VerifiedSheet) async throws(GatewayError) -> Consequence {
        var found = try await repliedTo(verified)
        guard let notice = WithdrawalNotice(verified.sheet) else { return found }
        let peer = verified.arrival.key.from
        let known = try await notices(of: notice.consent, from: peer)
        let name = Self.name(of: notice.consent, from: peer)
        let all = JSON.array((known.notices + [notice]).map(\.json))
        let column = try await vault.seal(all.canonicalBytes, .record(.withdrawal, name), of: nil)
        found.expects.append(.recordRevision(.withdrawal, name, known.revision))
        found.writes.append(.record(.withdrawal, name, column, at: time.now))
        return found
    }

    private func notices(
        of id: ConsentRecordID,
        from peer: MemberID
    ) async throws(GatewayError) -> (notices: [WithdrawalNotice], revision: Int64?) {
        let name = Self.name(of: id, from: peer)
        let row = try await read { stored throws(StoreError) in
            try stored.record(.withdrawal, name)
        }
        guard let row else { return ([], nil) }
        return (try await notices(row), row.revision)
    }

    private func notices(_ row: RecordRow) async throws(GatewayError) -> [WithdrawalNotice] {
        let bytes = try await vault.open(row.sealed, .record(.withdrawal, row.id))
        let json = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try JSON(canonical: bytes)
        }
        return (json.array ?? []).compactMap { WithdrawalNotice($0) }
    }

    private static func name(of id: ConsentRecordID, from peer: MemberID) -> RecordID {
        guard let name = RecordID("\(peer.text).\(id.text)") else {
            preconditionFailure("both are of letters and digits")
        }
        return name
    }
}
