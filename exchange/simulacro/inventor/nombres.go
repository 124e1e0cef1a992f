package inventor

import "strings"

// The lists hold common names; their combinations are invented.
var (
	nombresMujer = words(
		`Ana Lucía Elena Marta Rosa Carmen Laura Patricia Gabriela Verónica Silvia Teresa Adriana
		Leticia Claudia Mónica Beatriz Irene Alicia Norma Daniela Fernanda Sofía Valeria Paola
		Mariana Ximena Andrea
		Itzel Inés Raquel Esther Julia Cecilia Guadalupe Yolanda Rocío Graciela`)
	nombresHombre = words(
		`José Luis Raúl Carlos Juan Miguel Pedro Jorge Francisco Antonio Manuel Ricardo Roberto
		Fernando Alejandro Javier Sergio Eduardo Arturo Héctor Óscar Andrés Diego Emilio Gabriel
		Hugo Iván Julián
		Martín Mario Ramón Rubén Salvador Tomás Víctor Ángel Ulises Gerardo`)
	apellidos = words(
		`Hernández García Martínez López González Rodríguez Pérez Sánchez Ramírez Cruz Flores Gómez
		Morales Vázquez Reyes Jiménez Torres Díaz Gutiérrez Ruiz Mendoza Aguilar Ortiz Moreno
		Castillo Romero Álvarez
		Chávez Rivera Juárez Ramos Domínguez Herrera Medina Castro Vargas Guzmán Velázquez Muñoz
		Rojas Contreras
		Salazar Luna Ortega Guerrero Estrada Bautista Cortés Soto Alvarado Espinoza Lara Núñez Ríos
		Márquez Peña
		Zúñiga Ibarra Cervantes Treviño Quintero Ochoa Ñáñez Nava Uribe Yáñez Acevedo Becerra Escobar`)

	giros = words(
		`Abarrotes Comercializadora Ferretería Papelería Transportes Constructora Muebles Textiles Panadería
		Refacciones Consultoría Distribuidora`)
	marcas   = words(`Quimera Utopía Espejismo Fantasía Leyenda Ilusión Fábula Ensueño`)
	regiones = words(`Bajío Norte Sureste Golfo Pacífico Centro Altiplano Istmo`)
	formas   = []string{"S.A. de C.V.", "S. de R.L. de C.V.", "S.A.P.I. de C.V."}
)

// malsonantes are words that four initials must not form; one letter becomes X,
// as the rules of both identifiers have it.
var malsonantes = words(
	`BACA BAKA BUEI BUEY CACA CACO CAGA CAGO CAKA CAKO COGE COGI COJA COJE COJI COJO COLA CULO FALO
	FETO GETA GUEI GUEY JETA JOTO KACA KACO KAGA KAGO KAKA KAKO KOGE KOGI KOJA KOJE KOJI KOJO KOLA
	KULO LILO LOCA LOCO
	LOKA LOKO MAME MAMO MEAR MEAS MEON MIAR MION MOCO MOKO MULA MULO NACA NACO PEDA PEDO PENE PIPI
	PITO POPO PUTA PUTO
	QULO RATA ROBA ROBE ROBO RUIN SENO TETA VACA VAGA VAGO VAKA VUEI VUEY WUEI WUEY`)

func words(s string) []string { return strings.Fields(s) }
