import Foundation
import Microsoft365
import Testing

@Suite("Until when a certificate is good")
struct CertificateDatesTests {
    @Test("Both times are read, in either of their forms")
    func reads() throws {
        // OpenSSL says of it: notBefore=Nov 23 06:42:15 2026 GMT, notAfter=Oct 30 06:42:15 2126 GMT.
        let dates = try #require(CertificateDates(pem: TestCertificate.pem))
        #expect(dates.begins == Date(timeIntervalSince1970: 1_795_416_135))
        #expect(dates.ends == Date(timeIntervalSince1970: 4_949_016_135))
    }

    @Test("What is no certificate has no dates")
    func refuses() {
        let cut = TestCertificate.pem.replacing("MIIDETCC", with: "MIIDEQCC")
        for text in ["", TestCertificate.keyPEM, cut.replacing("\n", with: "A\n"), "-----BEGIN CERTIFICATE-----"] {
            #expect(CertificateDates(pem: text) == nil)
        }
    }
}
