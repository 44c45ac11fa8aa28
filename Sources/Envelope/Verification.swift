import Consent
package import Cryptography
package import Delivery
import Directory
package import Primitives
import Sheets

extension OpenedEnvelope {
    /// Steps 10 to 17: signer, chain, binding, replay, archive, sheet, consent.
    ///
    /// - Parameters:
    ///   - context: what this gateway knows now.
    ///   - chunks: sealed chunks by their hash, as the submission lists them.
    /// - Throws: `OpenRefusal` with the first step that failed.
    package func verify(
        _ context: OpeningContext,
        chunks: [Digest: [UInt8]]
    ) async throws(OpenRefusal) -> VerifiedSheet {
        let freshness = try checkSigner(context)
        try checkBinding(context)
        let contentSha256 = SHA256.hash(content.content)
        try await checkTimes(context, contentSha256)
        let opened = try ContentReader.read(content.content, arrival, chunks)
        let sheet = try await checkSheet(opened, context)
        return VerifiedSheet(
            sheet: sheet,
            arrival: arrival,
            manifest: opened.manifest,
            contentSha256: contentSha256,
            content: content.der,
            attachments: opened.attachments,
            checks: DeliveredStatement.Checks(
                signerCertificateSha256: arrival.signer.sha256,
                certificateListNumber: freshness.number,
                revocationFreshness: freshness.isStale ? .stale : .fresh,
                policy: context.directory.policy?.number ?? 0
            )
        )
    }

    /// Steps 10 to 13.
    private func checkSigner(
        _ context: OpeningContext
    ) throws(OpenRefusal) -> (number: Int, isStale: Bool) {
        let directory = context.directory
        let at = arrival.acceptance.acceptedAt
        guard
            let certificate = directory.certificate(
                issuer: content.signerIssuer,
                serial: content.signerSerial
            ), certificate.sha256 == arrival.signer.sha256,
            certificate.subject.commonName.hasSameBytes(as: arrival.key.from.text),
            certificate.role == .memberSigning
        else { throw .no(.wrongSigner, 10) }
        switch directory.verdict(for: certificate, role: .memberSigning, at: at) {
        case .trusted: break
        case .expired: throw .no(.certificateExpired, 11)
        case .revoked: throw .no(.revoked, 11)
        case .untrusted: throw .no(.untrusted, 11)
        }
        guard let list = directory.list(of: certificate.authorityKeyID) else {
            throw .held(.listStale)
        }
        let age = context.now.since(list.thisUpdate)
        guard age <= .hours(72) else { throw .held(.listStale) }
        do throws(CMSRefusal) { try content.verify(signer: certificate) } catch {
            throw error == .wrongSigner ? .no(.wrongSigner, 12) : .no(.badSignature, 13)
        }
        return (list.number, age > .hours(24))
    }

    /// Step 14: the content belongs to this routing header and to nobody else.
    private func checkBinding(_ context: OpeningContext) throws(OpenRefusal) {
        let routing = arrival.routing
        let isBound = content.binding == routing.sha256
        let named = routing.to.map(\.keyID)
        let isSameSet =
            named.count == recipientKeyIDs.count && Set(named) == Set(recipientKeyIDs)
        let isOurs = routing.to.contains {
            $0.memberID == context.receiver.memberID && $0.keyID == keyID
        }
        guard isBound, isSameSet, isOurs else { throw .no(.forwarded, 14) }
    }

    /// Step 15 and the bounds of `acceptedAt`.
    private func checkTimes(
        _ context: OpeningContext,
        _ contentSha256: Digest
    ) async throws(OpenRefusal) {
        let routing = arrival.routing
        let acceptedAt = arrival.acceptance.acceptedAt
        guard acceptedAt >= routing.createdAt.adding(.zero - Limits.clockTolerance),
            acceptedAt <= context.now.adding(Limits.clockTolerance)
        else { throw .no(.expired, 15, "acceptedAt") }
        if let other = await context.earlier(contentSha256), other != arrival.key {
            throw .no(.replayed, 15)
        }
        guard context.now <= routing.expiresAt.adding(Limits.clockTolerance) else {
            throw .no(.expired, 15)
        }
    }

    /// Step 17.
    private func checkSheet(
        _ opened: ContentReader.Content,
        _ context: OpeningContext
    ) async throws(OpenRefusal) -> Sheet {
        let manifest = opened.manifest
        guard context.accepts(manifest.sheetType, manifest.schemaVersion),
            let rules = context.catalogue.delivery(of: manifest.sheetType)
        else { throw .no(.unsupportedSheet, 17) }
        let answered = await Self.answered(opened.sheetBytes, context)
        let sheet: Sheet
        do throws(InvalidSheet) {
            sheet = try context.catalogue.validate(
                DraftSheet(bytes: opened.sheetBytes),
                SheetContext(
                    today: context.now.dayInJapan,
                    answered: answered,
                    isTestExchange: context.isTestExchange
                )
            )
        } catch {
            throw Self.refusal(of: error)
        }
        guard sheet.type == manifest.sheetType, sheet.threadID == manifest.threadID,
            sheet.schemaVersion.hasSameBytes(as: manifest.schemaVersion),
            sheet.bytes == opened.sheetBytes, isListed(opened, sheet)
        else { throw .no(.invalidSheet, 17, "manifest") }
        do throws(ConsentRefusal) {
            try ReceivedConsent.check(
                sheet,
                receiver: context.receiver,
                purposes: rules.purposes(for: sheet, receiverType: context.receiverType),
                withdrawals: context.withdrawals
            )
        } catch { throw .no(.consentMissing, 17, error.rule) }
        return sheet
    }

    private static func answered(_ bytes: [UInt8], _ context: OpeningContext) async -> Sheet? {
        guard let json = strictJSON(bytes),
            let id = json["inReplyTo"]?.string.flatMap(SheetID.init(_:))
        else { return nil }
        return await context.answered(id)
    }

    private static func strictJSON(_ bytes: [UInt8]) -> JSON? {
        do throws(DecodingRefusal) { return try JSON(reading: bytes) } catch { return nil }
    }

    /// A direction or consent fault has a code of its own; everything else is `invalidSheet`.
    private static func refusal(of invalid: InvalidSheet) -> OpenRefusal {
        let rules = invalid.problems.map(\.rule)
        let detail = invalid.problems.map { "\($0.rule) \($0.pointer)" }.joined(separator: ", ")
        if rules.contains(where: { $0.hasPrefix("E-CONSENT") }) {
            return .no(.consentMissing, 17, detail)
        }
        if rules.contains("E-DIRECTION") { return .no(.directionNotAllowed, 17, detail) }
        return .no(.invalidSheet, 17, detail)
    }

    /// The attachments are those the sheet lists, in its order.
    private func isListed(_ opened: ContentReader.Content, _ sheet: Sheet) -> Bool {
        opened.attachments.count == sheet.attachments.count
            && zip(opened.attachments, sheet.attachments).allSatisfy { attachment, listed in
                attachment.part.sha256 == listed.sha256
                    && attachment.part.byteLength == listed.byteLength
            }
    }
}

extension OpeningContext {
    var receiverType: String { receiver.profile.organisationType.text }
}
