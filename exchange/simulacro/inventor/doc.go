// Package inventor invents what a day of the exchange is about: people, companies and
// their reclamaciones, with mistakes on request, and answers to them. Start reading at
// Inventor.Dia.
//
// A mistake comes with the field and the code under which the gateway must find it.
// WriteREC makes the file of a day. The same seed, asked the same, gives the same bytes.
//
// # What is assumed
//
// The proportions are assumptions for the rehearsal, and not statistics of
// anybody: one complaint in 25 comes from a persona moral; women and men are as
// many; ages follow a normal curve around 45 years, cut at 18 and 95; states
// weigh as much as their people in the census of 2020; seven complaints in ten
// are about money, with a median of 4,500 pesos and a long tail; institutions
// get very unequal shares, the same ones on every day. Products and causes come
// as often as in a sample of public records. Answers are favourable in four of
// ten cases, partly so in two.
//
// People and companies are put together from common words, their telephones,
// mails and accounts from ranges that nobody has: any likeness is chance.
package inventor
