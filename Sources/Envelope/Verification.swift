import Consent
import Cryptography
package import Delivery
import Directory
import Primitives
import Sheets

extension OpenedEnvelope {
    /// Steps 10 to 15 and, of step 16, all that shows without the chunks: signer, chain, binding,
    /// replay, archive. Only then is there a reason to fetch the chunks.
    ///
    /// - Throws: `OpenRefusal` with the first step that failed.
    package func checked(
        _ context: OpeningContext
    ) async throws(OpenRefusal) -> CheckedEnvelope {
        let checks = try checkSigner(context)
        try checkBinding(context)
        let contentSha256 = SHA256.hash(content.content)
        try await checkTimes(context, contentSha256)
        return CheckedEnvelope(
            arrival: arrival,
            content: content.der,
            contentSha256: contentSha256,
            checks: checks,
            reader: try ContentReader.read(content.content, arrival),
            context: context
        )
    }

    /// Steps 10 to 13.
    private func checkSigner(_ context: OpeningContext) throws(OpenRefusal) -> DeliveryChecks {
        let directory = context.directory
        guard
            let certificate = directory.certificate(
                issuer: content.signerIssuer,
                serial: content.signerSerial
            ), certificate == arrival.signer, certificate.member == arrival.key.from,
            certificate.role == .memberSigning
        else { throw .no(.wrongSigner, 10) }
        let chain = try chain(of: certificate, context)
        let freshness = RevocationFreshness(age: chain.listAge(at: context.now))
        guard freshness != .unknown else { throw .held(.listStale) }
        do throws(CMSRefusal) {
            try content.verify(
                signer: certificate,
                issuing: directory.issuing(for: certificate)
            )
        } catch { throw error == .wrongSigner ? .no(.wrongSigner, 12) : .no(.badSignature, 13) }
        return DeliveryChecks(
            signerCertificateSha256: certificate.sha256,
            certificateListNumber: chain.listNumber,
            revocationFreshness: freshness,
            policy: directory.policy?.number ?? 0
        )
    }

    /// Step 11: judged at the exchange's `acceptedAt`, as a certificate may end while a message
    /// waits.
    private func chain(
        of certificate: Certificate,
        _ context: OpeningContext
    ) throws(OpenRefusal) -> TrustedChain {
        let verdict = context.directory.verdict(
            for: certificate,
            role: .memberSigning,
            at: arrival.acceptedAt
        )
        switch verdict {
        case .trusted(let chain): return chain
        case .expired: throw .no(.certificateExpired, 11)
        case .revoked: throw .no(.revoked, 11)
        case .untrusted:
            // It began anew, and nobody here has compared its fingerprint yet.
            guard context.directory.unchecked(of: arrival.key.from).isEmpty else {
                throw .held(.senderKeyChanged)
            }
            throw .no(.untrusted, 11)
        case .listMissing: throw .held(.listStale)
        }
    }

    /// Step 14: the content belongs to this routing header and to nobody else.
    private func checkBinding(_ context: OpeningContext) throws(OpenRefusal) {
        let to = arrival.routing.to
        let isOurs = to.contains {
            $0.memberID == context.receiver.memberID && $0.keyID == keyID
        }
        guard content.binding == arrival.routing.sha256, isOurs,
            to.map(\.keyID).sorted() == recipientKeyIDs.sorted()
        else { throw .no(.forwarded, 14) }
    }

    /// Step 15, and the bounds of `acceptedAt`.
    private func checkTimes(
        _ context: OpeningContext,
        _ contentSha256: Digest
    ) async throws(OpenRefusal) {
        if let other = await context.memory.earlier(contentSha256), other != arrival.key {
            throw .no(.replayed, 15)
        }
        let routing = arrival.routing
        let tolerance = Limits.clockTolerance
        guard context.now <= routing.expiresAt.adding(tolerance) else { throw .no(.expired, 15) }
        guard routing.createdAt <= arrival.acceptedAt.adding(tolerance),
            arrival.acceptedAt <= context.now.adding(tolerance)
        else { throw .no(.expired, 15, "acceptedAt") }
    }
}

/// Signed by its sender, for this organisation, and in time; what is in its chunks is not known.
package struct CheckedEnvelope: Sendable, CustomStringConvertible {
    let arrival: Arrival
    /// Layer 2 as it was signed.
    let content: [UInt8]
    let contentSha256: Digest
    let checks: DeliveryChecks
    let reader: ContentReader
    let context: OpeningContext

    /// What submission and manifest both name and its parts are made of.
    package var chunks: [OfferedChunk] { arrival.submission.body.chunks }

    package var description: String { "CheckedEnvelope" }

    /// Takes the chunks in the order of `chunks`.
    package func chunkCheck() -> ChunkCheck { ChunkCheck(reader.manifest) }

    /// The rest of step 16, and step 17: parts, sheet, consent.
    ///
    /// - Throws: `OpenRefusal` with the first step that failed.
    package func verify(_ chunks: CheckedChunks) async throws(OpenRefusal) -> VerifiedSheet {
        let opened = try reader.content()
        return VerifiedSheet(
            sheet: try await checkSheet(opened),
            arrival: arrival,
            manifest: opened.manifest,
            contentSha256: contentSha256,
            content: content,
            attachments: opened.attachments,
            checks: checks
        )
    }

    /// Step 17.
    private func checkSheet(
        _ opened: ContentReader.Content
    ) async throws(OpenRefusal) -> Sheet {
        let manifest = opened.manifest
        guard context.memory.accepts(manifest.sheetType, manifest.schemaVersion),
            let rules = context.catalogue.delivery(of: manifest.sheetType)
        else { throw .no(.unsupportedSheet, 17) }
        let sheetContext = SheetContext(
            today: context.now.dayInJapan,
            answered: await context.sheetAnswered(by: opened.sheet),
            isTestExchange: context.isTestExchange
        )
        let sheet = try wrap(OpenRefusal.init(invalid:)) { () throws(InvalidSheet) in
            try context.catalogue.validate(DraftSheet(bytes: opened.sheet), sheetContext)
        }
        // Signed were the bytes, not what they might also be read as.
        guard sheet.bytes == opened.sheet else { throw .no(.invalidSheet, 17, "notCanonical") }
        guard sheet.type == manifest.sheetType, sheet.threadID == manifest.threadID,
            sheet.schemaVersion.hasSameBytes(as: manifest.schemaVersion),
            sheet.urgency.transport == arrival.routing.urgency, opened.isListed(in: sheet)
        else { throw .no(.invalidSheet, 17, "manifest") }
        guard let sender = context.directory.member(arrival.key.from)?.membership,
            sheet.sender.isMember(sender)
        else { throw .no(.invalidSheet, 17, "sender") }
        try wrap({ OpenRefusal.no(.consentMissing, 17, $0.rule) }) {
            () throws(ConsentRefusal) in
            try ReceivedConsent.check(
                sheet,
                receiver: context.receiver,
                purposes: rules.purposes(of: sheet),
                withdrawals: context.withdrawals
            )
        }
        return sheet
    }
}

extension OpeningContext {
    fileprivate func sheetAnswered(by bytes: [UInt8]) async -> Sheet? {
        let json: JSON
        do throws(DecodingRefusal) { json = try JSON(reading: bytes) } catch {
            // Not JSON at all: the catalogue says so in its own words.
            return nil
        }
        guard let id = json["inReplyTo"]?.string.flatMap(SheetID.init(_:)),
            let thread = json["threadId"]?.string.flatMap(ThreadID.init(_:))
        else { return nil }
        return await memory.answered(id, thread)
    }
}

extension SheetParty {
    /// Whether the sheet names this member: nobody writes as another organisation, nor as one of
    /// another type, by which directions are allowed.
    fileprivate func isMember(_ membership: Membership) -> Bool {
        let profile = membership.profile
        guard profile.organisationType.text.hasSameBytes(as: type.text) else { return false }
        guard let officeNumber else {
            return profile.displayName.hasSameBytes(as: name)
                || profile.legalName.hasSameBytes(as: name)
        }
        return profile.officeNumbers.contains { $0.value.hasSameBytes(as: officeNumber) }
    }
}

extension OpenRefusal {
    /// Direction and consent have codes of their own, which stand for nothing else; any other
    /// problem is told first.
    fileprivate init(invalid: InvalidSheet) {
        let detail = invalid.problems.map { "\($0.rule) \($0.pointer)" }.joined(separator: ", ")
        let others = invalid.problems.map(\.rule).filter { !$0.hasPrefix("E-CONSENT:") }
        if others.isEmpty {
            self = .no(.consentMissing, 17, detail)
        } else if others.allSatisfy({ $0.hasSameBytes(as: "E-DIRECTION") }) {
            self = .no(.directionNotAllowed, 17, detail)
        } else {
            self = .no(.invalidSheet, 17, detail)
        }
    }
}

extension ContentReader.Content {
    /// Whether the attachments are those the sheet lists, in its order.
    fileprivate func isListed(in sheet: Sheet) -> Bool {
        attachments.count == sheet.attachments.count
            && zip(attachments, sheet.attachments).allSatisfy { attachment, listed in
                attachment.part.sha256 == listed.sha256
                    && attachment.part.byteLength == listed.byteLength
            }
    }
}
