package import Audit
import Consent
import Cryptography
import Delivery
package import Primitives
import Storage

// 署名済みの用紙 (C-16): the scan of what the person signed stays with the organisation that took
// the consent. No message carries it; whoever relied on the consent reads the statement.
extension OrganisationGateway {
    /// A scan as it was put beside a record.
    package struct ConsentForm: Sendable, CustomStringConvertible {
        package let bytes: [UInt8]
        package let mediaType: String

        package var description: String { "ConsentForm(\(mediaType))" }
    }

    /// Puts the scan of the signed form beside a record, in the place of an earlier one.
    ///
    /// - Throws: `notFound`; `malformed` for what is no PDF, JPEG or PNG, or too large.
    package func keepForm(
        _ bytes: [UInt8],
        of id: ConsentRecordID,
        by agent: Agent
    ) async throws(GatewayError) {
        guard bytes.count <= Limits.consentFormBytes, let type = Self.mediaType(bytes) else {
            throw .formUnfit
        }
        guard let known = try await row(of: id) else { throw .notFound }
        var object = try await consentRecord(known).json.object ?? JSONObject()
        object["documentAttachment"] = [
            "mediaType": .string(type), "byteLength": .integer(Int64(bytes.count)),
            "sha256": .string(SHA256.hash(bytes).hex),
        ]
        let record = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try ConsentRecord(.object(object))
        }
        let name = Self.name(of: id)
        let column = try await vault.seal(
            bytes,
            .record(.consentForm, name),
            of: AuditPatient(record.patient)
        )
        try await store(
            record,
            known,
            .consentChanged,
            by: agent,
            Telling(writes: [.record(.consentForm, name, column, at: time.now)])
        )
    }

    /// Shows the scan to a named person; on record before it is returned.
    ///
    /// - Throws: `notFound` where there is none.
    package func form(
        of id: ConsentRecordID,
        by agent: Agent
    ) async throws(GatewayError) -> ConsentForm {
        let name = Self.name(of: id)
        let stored = try await read { stored throws(StoreError) in
            try stored.record(.consentForm, name)
        }
        guard let stored, let record = try await consentRecord(id),
            let type = record.json["documentAttachment"]?["mediaType"]?.string
        else { throw .notFound }
        let bytes = try await vault.open(stored.sealed, .record(.consentForm, name))
        var act = facts(.consentShown, by: agent, on: .consent(id))
        act.patient = AuditPatient(record.patient)
        try await self.record([act])
        return ConsentForm(bytes: bytes, mediaType: type)
    }

    /// By its first bytes; nothing else is taken.
    private static func mediaType(_ bytes: [UInt8]) -> String? {
        let marks: [(mark: [UInt8], type: String)] = [
            (Array("%PDF-".utf8), "application/pdf"), ([0xFF, 0xD8, 0xFF], "image/jpeg"),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "image/png"),
        ]
        return marks.first { bytes.starts(with: $0.mark) }?.type
    }
}
