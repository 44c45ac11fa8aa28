import CCurl
import Cryptography
import Primitives

/// One mail under way; lives on one thread.
@safe
final class CurlMail {
    private let easy: UnsafeMutableRawPointer
    private var isReady = true
    private var recipients: UnsafeMutablePointer<curl_slist>?
    fileprivate var rest: ArraySlice<UInt8>

    init(_ mail: Mail, to url: String, needsTLS: Bool) {
        // Has libcurl made ready for several threads.
        _ = CurlDriver.shared
        guard let easy = unsafe curl_easy_init() else { preconditionFailure("out of memory") }
        unsafe self.easy = easy
        rest = mail.bytes[...]
        unsafe recipients = curl_slist_append(nil, "<\(mail.to.text)>")
        set(CURLOPT_URL, url)
        set(CURLOPT_USE_SSL, Int((needsTLS ? CURLUSESSL_ALL : CURLUSESSL_TRY).rawValue))
        set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_CONNECTTIMEOUT_MS, 10_000)
        set(CURLOPT_TIMEOUT_MS, 30_000)
        set(CURLOPT_MAIL_FROM, "<\(mail.from.text)>")
        note(unsafe renkei_curl_set_pointer(easy, CURLOPT_MAIL_RCPT, recipients))
        set(CURLOPT_UPLOAD, 1)
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        note(unsafe renkei_curl_set_sink(easy, CURLOPT_READFUNCTION, giveMail))
        note(unsafe renkei_curl_set_pointer(easy, CURLOPT_READDATA, context))
        // What the server says is nobody's business; libcurl would print it.
        note(unsafe renkei_curl_set_sink(easy, CURLOPT_WRITEFUNCTION, dropAnswer))
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(recipients)
    }

    func signIn(as user: String, _ password: SecretBytes) {
        set(CURLOPT_USERNAME, user)
        password.withBytes { set(CURLOPT_PASSWORD, String(decoding: $0, as: UTF8.self)) }
    }

    func perform() -> Result<Void, ClientError> {
        guard isReady else { return .failure(.malformed) }
        let code = unsafe curl_easy_perform(easy)
        switch code {
        case CURLE_OK: return .success(())
        case CURLE_COULDNT_RESOLVE_HOST: return .failure(.resolve)
        case CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR: return .failure(.connect)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_USE_SSL_FAILED: return .failure(.untrusted)
        case CURLE_LOGIN_DENIED: return .failure(.peerRejectedUs)
        case CURLE_OPERATION_TIMEDOUT: return .failure(.timeout(sent: rest.isEmpty))
        default: return .failure(.aborted(sent: rest.isEmpty))
        }
    }

    private func set(_ option: CURLoption, _ value: String) {
        note(unsafe renkei_curl_set_string(easy, option, value))
    }

    private func set(_ option: CURLoption, _ value: Int) {
        note(unsafe renkei_curl_set_long(easy, option, value))
    }

    private func note(_ code: CURLcode) { if code != CURLE_OK { isReady = false } }
}

private func giveMail(
    _ buffer: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context, let buffer = unsafe buffer else { return 0 }
    let transfer = unsafe Unmanaged<CurlMail>.fromOpaque(context).takeUnretainedValue()
    let part = transfer.rest.prefix(size * count)
    unsafe UnsafeMutableRawBufferPointer(start: buffer, count: size * count).copyBytes(from: part)
    transfer.rest = transfer.rest.dropFirst(part.count)
    return part.count
}

private func dropAnswer(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int { size * count }
