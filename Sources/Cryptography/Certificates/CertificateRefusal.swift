import Primitives

/// Why bytes are not a certificate, request or list of the profiles.
package enum CertificateRefusal: Explained, Equatable {
    case tooLarge
    /// Not DER, or not the fields in the order of any profile.
    case malformed(DERRefusal)
    /// Well-formed, but re-encoding what it says gives other bytes: another extension, criticality,
    /// order or form than the profile has.
    case notInProfile
    /// No extended key usage of a role, or more than one role.
    case roleMissing

    package var code: String {
        switch self {
        case .tooLarge: "certificateTooLarge"
        case .malformed: "certificateMalformed"
        case .notInProfile: "certificateNotInProfile"
        case .roleMissing: "certificateRoleMissing"
        }
    }

    package var summary: String {
        switch self {
        case .tooLarge: "The certificate is larger than its profile allows."
        case .malformed(let refusal): "The certificate is not well-formed (\(refusal.detail))."
        case .notInProfile: "The certificate does not fit its profile."
        case .roleMissing: "The certificate states no role, or more than one."
        }
    }

    package var advice: String { "Have it made again by an authority that follows the profiles." }
    package var isTemporary: Bool { false }
}
